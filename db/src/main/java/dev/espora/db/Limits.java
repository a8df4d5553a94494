package dev.espora.db;

import java.time.Duration;

/**
 * How much of anything a database accepts. What is beyond a limit gets a {@link DatabaseException}
 * that names it.
 *
 * @param keyBytes longest encoded key
 * @param valueBytes longest encoded value, row or event
 * @param batchEntries most entries of one atomic batch
 * @param batchBytes longest encoded atomic batch
 * @param queueLength most commands that wait for one partition
 * @param queueWait how long a blocking call waits for a place in a full queue
 * @param lockWait how long a command waits for a peer that holds the partition's lock before it is
 *     told who does
 */
public record Limits(
    int keyBytes,
    int valueBytes,
    int batchEntries,
    int batchBytes,
    int queueLength,
    Duration queueWait,
    Duration lockWait) {

  /**
   * 1 KiB keys, 16 MiB values, batches of 10,000 entries or 16 MiB, 65,536 queued commands, waits
   * of 5 seconds.
   */
  public static final Limits DEFAULTS =
      new Limits(
          1 << 10,
          16 << 20,
          10_000,
          16 << 20,
          65_536,
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));

  public Limits {
    atLeastOne("keyBytes", keyBytes);
    atLeastOne("valueBytes", valueBytes);
    atLeastOne("batchEntries", batchEntries);
    atLeastOne("batchBytes", batchBytes);
    atLeastOne("queueLength", queueLength);
    if (queueWait.isNegative() || lockWait.isNegative()) {
      throw new IllegalArgumentException("a wait is not negative");
    }
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", not at least 1");
    }
  }
}
