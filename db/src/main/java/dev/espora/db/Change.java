package dev.espora.db;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened in a {@link Store}.
 *
 * @param sequence of the change, to go on from with {@link Store#changes}; for a written entry its
 *     {@link Entry#sequence}
 * @param at when
 * @param entry what was written, empty if the entry was removed
 */
public record Change<K, V>(long sequence, Kind kind, K key, Instant at, Optional<Entry<V>> entry) {

  /** What happened. */
  public enum Kind {
    /** An entry was created or replaced. */
    PUT,
    /** An entry was deleted. */
    DELETED,
    /** An entry's time was over. It was gone for readers before, at its very instant. */
    EXPIRED
  }
}
