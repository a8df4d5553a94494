package dev.espora.bench.peers;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;

/**
 * A ledger of keys and values: {@code account-3} is a balance and how many rows there are, {@code
 * row-3-1000000042} is one of them.
 */
public final class KeyValueLedger implements LedgerEngine {

  /** Makes all numbers of rows equally long. */
  private static final long FIRST_ROW = 1_000_000_000;

  private final TransactionalEngine engine;

  /** Makes the accounts, unless they are there: a key that is not there cannot always be locked. */
  public KeyValueLedger(TransactionalEngine engine) {
    this.engine = engine;
    engine.transact(view -> {
      for (int account = 0; account < ACCOUNTS; account++) {
        if (view.get(accountKey(account)) == null) {
          view.put(accountKey(account), format(new Account(0, 0)));
        }
      }
    });
  }

  @Override
  public boolean book(int account, long cents, byte[] row) {
    Booking booking = new Booking(account, cents, row);
    engine.transact(view -> apply(booking, view));
    return booking.accepted;
  }

  private static void apply(Booking booking, Change.View view) {
    Account before = parse(requireNonNull(view.get(accountKey(booking.account))));
    booking.accepted = LedgerEngine.allows(before.balance(), booking.cents);
    if (booking.accepted) {
      Account after = new Account(before.balance() + booking.cents, before.rows() + 1);
      view.put(accountKey(booking.account), format(after));
      view.put(rowKey(booking.account, before.rows()), booking.row);
    }
  }

  @Override
  public Account account(int account) {
    long rows = 0;
    while (engine.get(rowKey(account, rows)) != null) {
      rows++;
    }
    return new Account(parse(requireNonNull(engine.get(accountKey(account)))).balance(), rows);
  }

  private static String accountKey(int account) {
    return "account-" + account;
  }

  private static String rowKey(int account, long row) {
    return "row-" + account + "-" + (FIRST_ROW + row);
  }

  private static byte[] format(Account account) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(account.balance())
        .putLong(account.rows())
        .array();
  }

  private static Account parse(byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    return new Account(bytes.getLong(), bytes.getLong());
  }

  @Override
  public void close() {
    engine.close();
  }
}
