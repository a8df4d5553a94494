package dev.espora.db.file;

/**
 * A stretch of a log.
 *
 * @param first the position where it begins
 * @param end the position behind it
 */
record LogRange(long first, long end) {}
