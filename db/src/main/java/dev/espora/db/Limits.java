package dev.espora.db;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How much of anything a database accepts. What is beyond a limit gets a {@link DatabaseException}
 * that names it. Limits are those of one opening, and not stored: processes may have different
 * ones.
 *
 * @param keyBytes longest encoded key, at most 16 KiB
 * @param valueBytes longest encoded value, row or event, at most 255 MiB; an event's bytes count
 *     with the number of its schema, one byte as a rule
 * @param batchEntries most entries of one atomic batch
 * @param batchBytes longest encoded atomic batch: of a store its keys and values, else its records
 * @param storeBytes most bytes that the entries of one store may take in its log
 * @param queueLength most commands that wait for one partition in this process
 * @param queueWait how long a blocking call waits for a place in a full queue
 * @param lockWait how long a command waits for a peer that holds the partition's lock before it is
 *     told who does; opening, closing and compacting wait as long
 */
public record Limits(
    int keyBytes,
    int valueBytes,
    int batchEntries,
    int batchBytes,
    long storeBytes,
    int queueLength,
    Duration queueWait,
    Duration lockWait) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}");
  private static final int MOST_KEY_BYTES = 16 << 10;
  private static final int MOST_VALUE_BYTES = 255 << 20;

  /**
   * 1 KiB keys, 16 MiB values, batches of 10,000 entries or 16 MiB, stores of any size, 65,536
   * queued commands, waits of 5 seconds.
   */
  public static final Limits DEFAULTS =
      new Limits(
          1 << 10,
          16 << 20,
          10_000,
          16 << 20,
          Long.MAX_VALUE,
          65_536,
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));

  public Limits {
    atLeastOne("keyBytes", keyBytes);
    atLeastOne("valueBytes", valueBytes);
    atLeastOne("batchEntries", batchEntries);
    atLeastOne("batchBytes", batchBytes);
    atLeastOne("storeBytes", storeBytes);
    atMost("keyBytes", keyBytes, MOST_KEY_BYTES);
    atMost("valueBytes", valueBytes, MOST_VALUE_BYTES);
    atLeastOne("queueLength", queueLength);
    if (queueWait.isNegative() || lockWait.isNegative()) {
      throw new IllegalArgumentException("a wait is not negative");
    }
  }

  /** Whether a partition may be called so: one to 64 of {@code a-z 0-9 _ -}. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  public Limits withKeyBytes(int keyBytes) {
    return new Limits(
        keyBytes,
        valueBytes,
        batchEntries,
        batchBytes,
        storeBytes,
        queueLength,
        queueWait,
        lockWait);
  }

  public Limits withValueBytes(int valueBytes) {
    return new Limits(
        keyBytes,
        valueBytes,
        batchEntries,
        batchBytes,
        storeBytes,
        queueLength,
        queueWait,
        lockWait);
  }

  public Limits withBatch(int entries, int bytes) {
    return new Limits(
        keyBytes, valueBytes, entries, bytes, storeBytes, queueLength, queueWait, lockWait);
  }

  public Limits withStoreBytes(long storeBytes) {
    return new Limits(
        keyBytes,
        valueBytes,
        batchEntries,
        batchBytes,
        storeBytes,
        queueLength,
        queueWait,
        lockWait);
  }

  public Limits withQueue(int length, Duration wait) {
    return new Limits(
        keyBytes, valueBytes, batchEntries, batchBytes, storeBytes, length, wait, lockWait);
  }

  public Limits withLockWait(Duration lockWait) {
    return new Limits(
        keyBytes,
        valueBytes,
        batchEntries,
        batchBytes,
        storeBytes,
        queueLength,
        queueWait,
        lockWait);
  }

  private static void atMost(String name, int value, int most) {
    if (value > most) {
      throw new IllegalArgumentException(name + " is " + value + ", beyond " + most);
    }
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", not at least 1");
    }
  }
}
