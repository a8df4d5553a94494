package dev.espora.db.tools;

import dev.espora.db.codec.Schema;

/**
 * A record as it is read without the application's classes.
 *
 * @param position where it stands in the log of its partition
 * @param sequence records before it, since the partition was created
 * @param schema how it is written
 * @param value maps, lists, strings, numbers, optionals and so on as {@link
 *     dev.espora.db.codec.SchemaReader} says; a {@code byte[]} where only a codec of the
 *     application's own could read it
 */
public record StoredRecord(
    String partition, long position, long sequence, Schema schema, Object value) {}
