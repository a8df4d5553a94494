package dev.espora.balancer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Warnings that a flood of connections would otherwise turn into a flood of lines: one per second,
 * which tells how many were left out.
 */
final class RateLimitedLog {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final System.Logger logger;
  private final AtomicLong leftOut = new AtomicLong();
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

  RateLimitedLog(System.Logger logger) {
    this.logger = logger;
  }

  void warn(String message) {
    long next = nextNanos.get();
    long now = System.nanoTime();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + PAUSE_NANOS)) {
      leftOut.incrementAndGet();
      return;
    }
    long skipped = leftOut.getAndSet(0);
    logger.log(
        System.Logger.Level.WARNING,
        skipped == 0 ? message : message + " (" + skipped + " more since the last line)");
  }
}
