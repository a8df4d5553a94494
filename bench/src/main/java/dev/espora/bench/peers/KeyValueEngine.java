package dev.espora.bench.peers;

import org.jspecify.annotations.Nullable;

/** What the engines of a comparison share. Safe for any number of threads of any kind. */
public interface KeyValueEngine extends AutoCloseable {

  /** Stores a value, in place of the key's value before; returns once it is synced. */
  void put(String key, byte[] value);

  /** The newest value of a key, null if it has none. */
  byte @Nullable [] get(String key);

  /**
   * Stores many entries, all of them synced when it returns. The default lets many callers put, so
   * that they share syncs.
   */
  default void load(Entries entries) {
    entries.putAll(this);
  }

  /** Closes it in order, so that the next opening has nothing to recover. */
  @Override
  void close();
}
