package dev.espora.bench.load;

import java.util.List;
import java.util.random.RandomGenerator;

/** The five accounts of the contest, from 1, with balances of 0 at first. */
final class Accounts {
  /** Who does not exist. */
  static final int UNKNOWN = 6;

  private static final List<Long> LIMITS =
      List.of(100_000L, 80_000L, 1_000_000L, 10_000_000L, 500_000L);

  private Accounts() {}

  static int count() {
    return LIMITS.size();
  }

  static int any(RandomGenerator random) {
    return random.nextInt(1, count() + 1);
  }

  /** How far below zero its balance may be, in cents. */
  static long limit(int account) {
    return LIMITS.get(account - 1);
  }

  static String path(int account) {
    return "/clientes/" + account;
  }

  static String statementPath(int account) {
    return path(account) + "/extrato";
  }
}
