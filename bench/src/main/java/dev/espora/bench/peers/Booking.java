package dev.espora.bench.peers;

/**
 * What a caller of a ledger hands to a thread that commits for it. That one answers in {@link
 * #accepted} before the caller, who looks at it afterwards, goes on.
 */
final class Booking {
  final int account;
  final long cents;
  final byte[] row;
  boolean accepted;

  Booking(int account, long cents, byte[] row) {
    this.account = account;
    this.cents = cents;
    this.row = row;
  }
}
