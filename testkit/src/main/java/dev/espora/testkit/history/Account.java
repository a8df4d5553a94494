package dev.espora.testkit.history;

import java.util.function.ToLongFunction;

/**
 * An account whose balance never goes below a limit, as a model: its state is the balance in cents.
 *
 * @param limit the most cents that the balance may be below zero, for each account
 */
public record Account(ToLongFunction<String> limit)
    implements Model<Long, Account.Booking, Account.Balance> {

  /**
   * What is asked of an account.
   *
   * @param cents to be added; a debit is below 0, and 0 asks for the balance only
   */
  public record Booking(String account, long cents) {}

  /**
   * The answer.
   *
   * @param booked false if the limit forbids it
   * @param cents the balance then
   */
  public record Balance(boolean booked, long cents) {

    /** The answer to a booking that the limit forbids: nobody says what the balance is. */
    public static final Balance REFUSED = new Balance(false, 0);
  }

  @Override
  public Long initial() {
    return 0L;
  }

  @Override
  public boolean isRead(Booking booking) {
    return booking.cents == 0;
  }

  @Override
  public Step<Long, Balance> apply(Long balance, Booking booking) {
    long next = balance + booking.cents;
    return booking.cents < 0 && next < -limit.applyAsLong(booking.account)
        ? new Step<>(balance, Balance.REFUSED)
        : new Step<>(next, new Balance(true, next));
  }
}
