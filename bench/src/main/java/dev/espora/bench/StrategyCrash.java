package dev.espora.bench;

import dev.espora.bench.strategies.Outage;
import dev.espora.bench.strategies.Workload;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Callers at work on a storage that crashes among them, and what they miss afterwards. */
final class StrategyCrash {
  private final Outage outage;
  private final Workload workload;
  private final long end;
  private final AtomicBoolean struck = new AtomicBoolean();
  private final AtomicReference<@Nullable RuntimeException> early = new AtomicReference<>();

  /**
   * What was left.
   *
   * @param acknowledged records that callers had been promised
   * @param lost how many of those are gone
   * @param kind of crash
   */
  record Loss(long acknowledged, long lost, String kind) {

    String format() {
      return acknowledged + " " + lost + " " + kind;
    }

    static Loss parse(String line) {
      String[] parts = line.split(" ", 3);
      return new Loss(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
    }
  }

  private StrategyCrash(Outage outage, Workload workload, Duration duration) {
    this.outage = outage;
    this.workload = workload;
    this.end = System.nanoTime() + duration.toNanos();
  }

  /**
   * Lets callers work for a while, at least until something was acknowledged, crashes what they
   * work on, and counts.
   *
   * @throws IllegalStateException if a call fails before that
   */
  static Loss run(Outage outage, Workload.Kind kind, Load load, Duration duration) {
    StrategyCrash crash = new StrategyCrash(outage, kind.on(outage.storage()), duration);
    load.each(crash::work);
    RuntimeException failure = crash.early.get();
    if (failure != null) {
      throw new IllegalStateException("a call failed: " + failure.getMessage(), failure);
    }
    long acknowledged = crash.workload.acknowledged();
    return new Loss(acknowledged, crash.workload.lostIn(outage.reopened()), outage.kind());
  }

  /** Of each caller; one of them lets it happen while the others are at work. */
  private void work() {
    while (!struck.get()) {
      if (System.nanoTime() - end > 0 && workload.acknowledged() > 0) {
        if (struck.compareAndSet(false, true)) {
          outage.strike();
        }
        return;
      }
      try {
        workload.operate();
      } catch (RuntimeException e) {
        if (struck.compareAndSet(false, true)) {
          early.set(e);
          outage.strike();
        }
      }
    }
  }
}
