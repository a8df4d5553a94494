package dev.espora.db;

import java.time.Duration;

/**
 * How a database is opened. Immutable; start from {@link #DEFAULTS} and change what matters.
 *
 * @param durability what a write survives once its call returned
 * @param limits how much of anything is accepted
 * @param slowCommit a commit that takes longer than this is logged, with its partition, batch, lock
 *     wait and sync time
 */
public record Options(Durability durability, Limits limits, Duration slowCommit) {

  /** {@link Durability#SYNC}, {@link Limits#DEFAULTS}, commits logged from one second on. */
  public static final Options DEFAULTS =
      new Options(Durability.SYNC, Limits.DEFAULTS, Duration.ofSeconds(1));

  public Options {
    if (slowCommit.isNegative() || slowCommit.isZero()) {
      throw new IllegalArgumentException("slowCommit " + slowCommit + " is not positive");
    }
  }

  public Options withDurability(Durability durability) {
    return new Options(durability, limits, slowCommit);
  }

  public Options withLimits(Limits limits) {
    return new Options(durability, limits, slowCommit);
  }

  public Options withSlowCommit(Duration slowCommit) {
    return new Options(durability, limits, slowCommit);
  }
}
