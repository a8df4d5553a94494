package dev.espora.bench.strategies;

/**
 * Accounts with a limit and their newest transactions, whichever way they are stored. Safe for use
 * by several threads.
 */
public interface Ledger extends AutoCloseable {

  /** Five accounts take all the load. */
  int ACCOUNTS = 5;

  /** An account may owe so much. */
  long LIMIT_CENTS = 100_000;

  /** Rows an account shows. */
  int NEWEST = 10;

  /**
   * Books a credit, or a debit if {@code cents} is negative, and returns once it is durable.
   *
   * @return the number of the record among those of its account, from 1; 0 if the limit does not
   *     allow it
   */
  long book(int account, long cents);

  long balance(int account);

  /** How many records an account has, those that are no longer shown included. */
  long records(int account);

  @Override
  void close();
}
