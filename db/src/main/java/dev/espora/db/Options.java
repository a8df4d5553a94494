package dev.espora.db;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How a database is opened. Immutable; start from {@link #DEFAULTS} and change what matters.
 *
 * @param durability what a write survives once its call returned
 * @param limits how much of anything is accepted
 * @param slowCommit a commit that takes longer than this is logged, with its partition, batch, lock
 *     wait and sync time
 * @param clock what the times of entries are taken from, to the millisecond
 * @param cachedValues how many decoded values each store keeps in memory, rounded up to a power of
 *     two, of at most 1 KiB each when encoded; values that hold byte arrays are never kept, since
 *     callers could change them
 */
public record Options(
    Durability durability,
    Limits limits,
    Duration slowCommit,
    InstantSource clock,
    int cachedValues) {

  /**
   * {@link Durability#SYNC}, {@link Limits#DEFAULTS}, commits logged from one second on, the
   * system's clock, 4,096 cached values per store.
   */
  public static final Options DEFAULTS =
      new Options(
          Durability.SYNC, Limits.DEFAULTS, Duration.ofSeconds(1), InstantSource.system(), 4096);

  public Options {
    if (slowCommit.isNegative() || slowCommit.isZero()) {
      throw new IllegalArgumentException("slowCommit " + slowCommit + " is not positive");
    }
    if (cachedValues < 0 || cachedValues > 1 << 24) {
      throw new IllegalArgumentException(
          "cachedValues is " + cachedValues + ", not between 0 and 16,777,216");
    }
  }

  public Options withDurability(Durability durability) {
    return new Options(durability, limits, slowCommit, clock, cachedValues);
  }

  public Options withLimits(Limits limits) {
    return new Options(durability, limits, slowCommit, clock, cachedValues);
  }

  public Options withSlowCommit(Duration slowCommit) {
    return new Options(durability, limits, slowCommit, clock, cachedValues);
  }

  public Options withClock(InstantSource clock) {
    return new Options(durability, limits, slowCommit, clock, cachedValues);
  }

  public Options withCachedValues(int cachedValues) {
    return new Options(durability, limits, slowCommit, clock, cachedValues);
  }
}
