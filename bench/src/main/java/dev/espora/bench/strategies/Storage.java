package dev.espora.bench.strategies;

/**
 * What one strategy stores under one name. Safe for use by several threads; a storage is used
 * either for the ledger or for the registry.
 */
public interface Storage extends AutoCloseable {

  /** Its five accounts; closed with the storage. */
  Ledger ledger();

  /** Its people; closed with the storage. */
  Registry registry();

  @Override
  void close();
}
