package dev.espora.bank;

/**
 * What a customer asks for: an amount in, or out.
 *
 * @param kind the direction
 * @param amount cents, 1 to {@link #MAX_AMOUNT}
 * @param description 1 to {@link #MAX_DESCRIPTION} Unicode code points
 */
public record Movement(Kind kind, long amount, String description) {

  /** The largest integer that every JSON reader keeps exactly: 2^53 - 1. */
  public static final long MAX_AMOUNT = (1L << 53) - 1;

  /** Unicode code points. */
  public static final int MAX_DESCRIPTION = 10;

  /** The direction of a movement. */
  public enum Kind {
    CREDIT,
    DEBIT
  }

  public Movement {
    if (amount < 1 || amount > MAX_AMOUNT) {
      throw new IllegalArgumentException("amount " + amount + " is not 1 to " + MAX_AMOUNT);
    }
    int length = description.codePointCount(0, description.length());
    if (length < 1 || length > MAX_DESCRIPTION) {
      throw new IllegalArgumentException(
          "the description has " + length + " code points, not 1 to " + MAX_DESCRIPTION);
    }
  }
}
