package dev.espora.bench.peers;

/**
 * Five accounts that take all the load, each with a limit and a row for every booking. Safe for any
 * number of threads of any kind.
 */
public interface LedgerEngine extends AutoCloseable {

  /** Accounts are numbered from 0. */
  int ACCOUNTS = 5;

  /** An account may owe so much. */
  long LIMIT_CENTS = 100_000;

  /**
   * What an account holds.
   *
   * @param rows how many there are
   */
  record Account(long balance, long rows) {}

  /** The rule: credits always, debits as far as the limit. */
  static boolean allows(long balance, long cents) {
    return cents > 0 || balance + cents >= -LIMIT_CENTS;
  }

  /**
   * In one transaction: reads the balance, checks the limit, writes the balance and the row.
   * Returns once it is synced.
   *
   * @param cents a credit, or a debit if negative
   * @param row of {@link Entries#VALUE_BYTES}
   * @return whether the limit allowed it; if not, nothing was written
   */
  boolean book(int account, long cents, byte[] row);

  /** The balance, and the rows, counted. */
  Account account(int account);

  /** Closes it in order. */
  @Override
  void close();
}
