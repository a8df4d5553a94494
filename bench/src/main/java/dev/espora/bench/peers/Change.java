package dev.espora.bench.peers;

import org.jspecify.annotations.Nullable;

/** What a transaction reads and writes, whichever engine it runs in. */
@FunctionalInterface
public interface Change {

  /** Applies it once. A change that writes nothing is durable at once. */
  void applyTo(View view);

  /** The entries as the transaction sees them: its own writes, and those of nobody else. */
  interface View {

    /** The newest value of a key, null if it has none; nobody else writes it until the commit. */
    byte @Nullable [] get(String key);

    void put(String key, byte[] value);
  }
}
