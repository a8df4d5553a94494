/**
 * The file medium: segments, chained checksums, recovery, and what processes share. Every byte is
 * in docs/format/v1.md.
 */
@NullMarked
package dev.espora.db.file;

import org.jspecify.annotations.NullMarked;
