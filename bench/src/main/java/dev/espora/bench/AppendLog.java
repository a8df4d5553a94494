package dev.espora.bench;

/**
 * A log that makes records of {@link #RECORD_BYTES} durable: what the sides of a comparison share.
 */
interface AppendLog extends AutoCloseable {

  /** Payload of one record. */
  int RECORD_BYTES = 128;

  /** Appends a record and returns once it is synced. */
  void append();

  @Override
  void close();
}
