/**
 * The seam to the disk: files, directories, locks and shared memory, so that tests can put a
 * simulated one in its place.
 */
@NullMarked
package dev.espora.db.disk;

import org.jspecify.annotations.NullMarked;
