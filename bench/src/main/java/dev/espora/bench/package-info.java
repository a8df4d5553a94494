/**
 * Benchmarks: the engine beside the bare loop it cannot beat, the ledger beside the original's way,
 * reopening. Both sides run in one process tree, alternating, and what is printed is the median of
 * several rounds with the smallest and the largest.
 */
@NullMarked
package dev.espora.bench;

import org.jspecify.annotations.NullMarked;
