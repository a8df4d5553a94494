package dev.espora.db;

import java.time.Duration;

/**
 * How long an entry of a {@link Store} lives, counted from the call that writes it.
 *
 * @param duration 1 ms to 36,525 days, in whole milliseconds, what is less being cut off; {@link
 *     #forever} for no limit
 */
public record Ttl(Duration duration) {
  /** The longest limited life: some 100 years. */
  private static final Duration MOST = Duration.ofDays(36_525);

  private static final Ttl FOREVER = new Ttl(MOST.plusDays(1));

  public Ttl {
    boolean limited = duration.compareTo(MOST) <= 0;
    if (duration.compareTo(Duration.ofMillis(1)) < 0
        || (!limited && !duration.equals(MOST.plusDays(1)))) {
      throw new IllegalArgumentException(
          "a time to live of " + duration + " is not between 1 ms and " + MOST.toDays() + " days");
    }
  }

  public static Ttl of(Duration duration) {
    return new Ttl(duration);
  }

  public static Ttl ofSeconds(long seconds) {
    return new Ttl(Duration.ofSeconds(seconds));
  }

  /** No limit. */
  public static Ttl forever() {
    return FOREVER;
  }

  /** When it is over, in milliseconds since 1970. */
  long expires(long now) {
    return equals(FOREVER) ? StoreEvent.NEVER : now + duration.toMillis();
  }
}
