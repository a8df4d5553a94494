package dev.espora.db;

import java.time.Duration;

/**
 * What a write survives once its call has returned.
 *
 * <table>
 * <caption>What is kept</caption>
 * <tr><th></th><th>process killed</th><th>power cut</th><th>cost</th></tr>
 * <tr><td>{@link #SYNC}</td><td>everything</td><td>everything</td><td>one sync for all who wait together</td></tr>
 * <tr><td>{@link #SYNC_EACH}</td><td>everything</td><td>everything</td><td>one sync for each command</td></tr>
 * <tr><td>{@link #interval}</td><td>everything</td><td>all but about the last interval</td><td>a write; syncs in the background</td></tr>
 * <tr><td>{@link #NONE}</td><td>everything</td><td>whatever the system had written back by itself</td><td>a write</td></tr>
 * </table>
 *
 * <p>All processes that share a database use the same durability: one that asks for another is
 * refused. {@link #SYNC} and {@link #SYNC_EACH} promise the same and may share one.
 *
 * @param mode when syncs happen
 * @param period between background syncs, from 1 ms to one minute; zero in every other mode
 */
public record Durability(Mode mode, Duration period) {

  /** When a write is synced. */
  public enum Mode {
    /** Before the call returns, together with all others that wait. */
    SYNC,
    /** Before the call returns, each command by itself. */
    SYNC_EACH,
    /** After the call returned, within a period. */
    INTERVAL,
    /** When the database is closed. */
    NONE
  }

  /**
   * Group commit: a call returns after an {@code fdatasync} that it shares with all who wait. The
   * default.
   */
  public static final Durability SYNC = new Durability(Mode.SYNC, Duration.ZERO);

  /**
   * The conventional way: each command is written and synced by itself before the next is looked
   * at.
   */
  public static final Durability SYNC_EACH = new Durability(Mode.SYNC_EACH, Duration.ZERO);

  /** No sync until the database is closed. */
  public static final Durability NONE = new Durability(Mode.NONE, Duration.ZERO);

  public Durability {
    if (mode != Mode.INTERVAL && !period.isZero()) {
      throw new IllegalArgumentException("durability " + mode + " has no period");
    }
    if (mode == Mode.INTERVAL
        && (period.toMillis() < 1 || period.compareTo(Duration.ofMinutes(1)) > 0)) {
      throw new IllegalArgumentException(
          "interval " + period + " is not between 1 ms and 1 minute");
    }
  }

  /** A call returns after the write; a sync follows within {@code period}. */
  public static Durability interval(Duration period) {
    return new Durability(Mode.INTERVAL, period);
  }

  /**
   * Reads {@code sync}, {@code sync-each}, {@code interval:10ms} or {@code none}.
   *
   * @throws IllegalArgumentException if it is none of these, or the interval is out of bounds
   */
  public static Durability parse(String text) {
    return switch (text) {
      case "sync" -> SYNC;
      case "sync-each" -> SYNC_EACH;
      case "none" -> NONE;
      default -> {
        if (text.matches("interval:[0-9]{1,6}ms")) {
          yield interval(Duration.ofMillis(Long.parseLong(text.substring(9, text.length() - 2))));
        }
        throw new IllegalArgumentException(
            "durability '" + text + "' is none of sync, sync-each, interval:10ms, none");
      }
    };
  }

  /** Whether an acknowledged write survives a power cut. */
  public boolean survivesPowerCut() {
    return mode == Mode.SYNC || mode == Mode.SYNC_EACH;
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    return switch (mode) {
      case SYNC -> "sync";
      case SYNC_EACH -> "sync-each";
      case INTERVAL -> "interval:" + period.toMillis() + "ms";
      case NONE -> "none";
    };
  }
}
