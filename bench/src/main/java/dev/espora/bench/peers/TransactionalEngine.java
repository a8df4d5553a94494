package dev.espora.bench.peers;

import org.jspecify.annotations.Nullable;

/** Keys and values with transactions that read and write. Safe for any number of threads. */
public interface TransactionalEngine extends AutoCloseable {

  /**
   * Applies a change in a transaction of its own, or in one with the changes of other callers;
   * returns once it is synced.
   */
  void transact(Change change);

  /** The newest value of a key, null if it has none. */
  byte @Nullable [] get(String key);

  @Override
  void close();
}
