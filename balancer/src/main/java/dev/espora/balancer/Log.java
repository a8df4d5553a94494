package dev.espora.balancer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Log lines from an event loop: a logger that fails must not stop it, and a flood of connections
 * must not become a flood of lines.
 */
final class Log {
  private static final System.Logger LOGGER = System.getLogger(Balancer.class.getName());
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong leftOut = new AtomicLong();
  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());

  static void info(String message) {
    log(System.Logger.Level.INFO, message);
  }

  static void warn(String message) {
    log(System.Logger.Level.WARNING, message);
  }

  /** At most one warning per second, which tells how many were left out. */
  void warnNowAndThen(String message) {
    long next = nextNanos.get();
    long now = System.nanoTime();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + PAUSE_NANOS)) {
      leftOut.incrementAndGet();
      return;
    }
    long skipped = leftOut.getAndSet(0);
    warn(skipped == 0 ? message : message + " (" + skipped + " more since the last line)");
  }

  private static void log(System.Logger.Level level, String message) {
    try {
      LOGGER.log(level, message);
    } catch (RuntimeException | Error e) {
      // There is nowhere left to tell it.
    }
  }
}
