package dev.espora.db;

import org.jspecify.annotations.Nullable;

/**
 * What became of a {@link StoreCommand}.
 *
 * @param last the last event that it caused; null if it caused none
 * @param refusal why it caused none, if it should have
 */
record StoreResult(@Nullable StoreEvent last, @Nullable Refusal refusal) {

  /**
   * Why nothing was changed.
   *
   * @param change the index of the change that could not be made
   * @param actual for {@link Reason#CHANGED} the entry's sequence, for {@link Reason#FULL} the
   *     bytes that the store would have
   */
  record Refusal(int change, Reason reason, long actual) {}

  /** Why a change could not be made. */
  enum Reason {
    EXISTS,
    MISSING,
    CHANGED,
    EXPIRED,
    FULL
  }

  static StoreResult refused(int change, Reason reason, long actual) {
    return new StoreResult(null, new Refusal(change, reason, actual));
  }
}
