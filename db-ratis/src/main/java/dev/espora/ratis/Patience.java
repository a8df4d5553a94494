package dev.espora.ratis;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long to wait for something that makes progress: for so long after the last of it. For use by
 * one thread.
 */
final class Patience {
  private final Duration longest;
  private final LongSupplier progress;
  private long reached;
  private long since = System.nanoTime();

  /**
   * @param longest without progress
   * @param progress another number whenever there was some
   */
  Patience(Duration longest, LongSupplier progress) {
    this.longest = longest;
    this.progress = progress;
    this.reached = progress.getAsLong();
  }

  Duration longest() {
    return longest;
  }

  /** Whether there was no progress for too long. */
  boolean isOver() {
    long now = progress.getAsLong();
    if (now != reached) {
      reached = now;
      since = System.nanoTime();
    }
    return System.nanoTime() - since > longest.toNanos();
  }
}
