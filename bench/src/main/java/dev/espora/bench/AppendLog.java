package dev.espora.bench;

/**
 * A log that makes records of {@link #RECORD_BYTES} durable: what the sides of a comparison share.
 */
interface AppendLog extends AutoCloseable {

  /** Payload of one record. */
  int RECORD_BYTES = 128;

  /** Appends a record and returns once it is synced. */
  void append();

  /** Does some work and returns how many syncs its appends took. */
  long syncsDuring(Runnable work);

  @Override
  void close();

  /** Bytes of a payload: not zeros, so that they differ from a preallocated file. */
  static byte[] payload(int length) {
    byte[] payload = new byte[length];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 31 + 7);
    }
    return payload;
  }
}
