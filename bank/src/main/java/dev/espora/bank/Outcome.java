package dev.espora.bank;

/** What became of a movement. */
public sealed interface Outcome {

  /**
   * It took effect.
   *
   * @param balance cents, right after it
   */
  record Done(long balance) implements Outcome {}

  /** It did not take effect, and changed nothing. */
  record Rejected(Reason reason) implements Outcome {}

  /** Why a movement does not take effect. */
  enum Reason {
    /** A debit below the limit. */
    BEYOND_LIMIT,
    /** A credit beyond what 64 bits hold. */
    BALANCE_OVERFLOW,
    /** The idempotency key came before, with another movement. */
    KEY_REUSED
  }
}
