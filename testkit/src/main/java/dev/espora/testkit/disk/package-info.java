/**
 * A disk in memory that can lose what was not synced, fail, run full, and hand over between
 * processes at each operation: {@link dev.espora.testkit.disk.SimulatedDisk}.
 */
@NullMarked
package dev.espora.testkit.disk;

import org.jspecify.annotations.NullMarked;
