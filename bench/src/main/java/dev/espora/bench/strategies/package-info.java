/**
 * Ways to store the same work, accounts and people, and what each of them forgets in a crash.
 * Public for {@code dev.espora.bench} alone.
 */
@NullMarked
package dev.espora.bench.strategies;

import org.jspecify.annotations.NullMarked;
