package dev.espora.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that stands still until a test moves it, for {@link
 * dev.espora.db.Options#withClock(InstantSource)}. Safe for use by several threads.
 */
public final class ManualClock implements InstantSource {
  private Instant now;

  /** A clock that shows an instant. */
  public ManualClock(Instant now) {
    this.now = now;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Shows another instant, a later or an earlier one. */
  public synchronized void set(Instant instant) {
    now = instant;
  }

  /** Moves on, or back if the duration is negative. */
  public synchronized void advance(Duration duration) {
    now = now.plus(duration);
  }
}
