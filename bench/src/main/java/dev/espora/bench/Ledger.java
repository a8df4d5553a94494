package dev.espora.bench;

/**
 * Accounts with a limit and their newest transactions: what the ledger benchmark runs on, whichever
 * way they are stored.
 */
interface Ledger extends AutoCloseable {

  /** Five accounts take all the load. */
  int ACCOUNTS = 5;

  /** An account may owe so much. */
  long LIMIT_CENTS = 100_000;

  /** Rows an account shows. */
  int NEWEST = 10;

  /**
   * Books a credit, or a debit if {@code cents} is negative, and returns once it is durable.
   *
   * @return whether the limit allowed it
   */
  boolean book(int account, long cents);

  long balance(int account);

  @Override
  void close();
}
