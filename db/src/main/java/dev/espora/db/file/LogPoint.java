package dev.espora.db.file;

import dev.espora.db.Journal;

/**
 * A place between two batches, and what the next batch must be chained to.
 *
 * @param position bytes of log before it: the base of its segment plus the offset in the file
 * @param sequence events before it
 * @param chain the checksum that ends the bytes before it
 * @param backward bytes of the batch before it, in whatever segment that is; 0 at the beginning of
 *     the log
 */
record LogPoint(long position, long sequence, int chain, int backward) implements Journal.Point {}
