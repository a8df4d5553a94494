package dev.espora.bank;

import java.util.Optional;

/** What the log of an account stores. */
sealed interface AccountEvent {

  /** A movement took effect. */
  record Moved(Transaction transaction, Optional<String> key) implements AccountEvent {}

  /**
   * A movement with an idempotency key was rejected. Stored, since a repetition must get the same
   * answer even when the account could bear it by then.
   */
  record Refused(Movement movement, Outcome.Reason reason, String key) implements AccountEvent {}
}
