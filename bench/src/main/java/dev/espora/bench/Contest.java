package dev.espora.bench;

import java.time.Duration;
import java.util.Locale;

/** The two contests: how long their load lasts, and what a whole implementation may take. */
public enum Contest {
  BANK(Duration.ofMinutes(4), 550),
  PEOPLE(Duration.ofSeconds(205), 3072);

  /** Processors' worth of time, for both. */
  static final double CPUS = 1.5;

  private final Duration length;
  private final int megabytes;

  Contest(Duration length, int megabytes) {
    this.length = length;
    this.megabytes = megabytes;
  }

  /** Of the load, without what is checked before and after it. */
  public Duration length() {
    return length;
  }

  int megabytes() {
    return megabytes;
  }

  /** Lower case, as on command lines. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
