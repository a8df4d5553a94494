package dev.espora.bench.peers;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The ledger as two tables of SQLite, opened like {@link SqliteEngine}: an update that carries the
 * limit, then the row; one thread puts what came together into a transaction.
 */
public final class SqliteLedger implements LedgerEngine {
  private static final String UPDATE =
      "UPDATE accounts SET balance = balance + ?1 WHERE id = ?2 AND (?1 > 0 OR balance + ?1 >= "
          + -LIMIT_CENTS
          + ")";
  private static final String INSERT = "INSERT INTO bookings (account, row) VALUES (?, ?)";
  private static final String ACCOUNT =
      "SELECT balance, (SELECT count(*) FROM bookings WHERE account = ?1) FROM accounts"
          + " WHERE id = ?1";

  private final Connection connection;
  private final PreparedStatement update;
  private final PreparedStatement insert;
  private final GroupCommit<Booking> commits =
      new GroupCommit<>("sqlite-committer", GroupCommit.Alone.COMMITS, this::commit);

  public SqliteLedger(Path directory) throws SQLException {
    connection = SqliteEngine.connect(SqliteEngine.url(directory));
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS bookings"
              + " (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, row BLOB NOT NULL)");
      for (int account = 0; account < ACCOUNTS; account++) {
        statement.execute("INSERT OR IGNORE INTO accounts VALUES (" + account + ", 0)");
      }
    }
    update = connection.prepareStatement(UPDATE);
    insert = connection.prepareStatement(INSERT);
    connection.setAutoCommit(false);
  }

  @Override
  public boolean book(int account, long cents, byte[] row) {
    Booking booking = new Booking(account, cents, row);
    commits.submit(booking);
    return booking.accepted;
  }

  private void commit(Iterable<Booking> bookings) throws SQLException {
    for (Booking booking : bookings) {
      update.setLong(1, booking.cents);
      update.setInt(2, booking.account);
      booking.accepted = update.executeUpdate() == 1;
      if (booking.accepted) {
        insert.setInt(1, booking.account);
        insert.setBytes(2, booking.row);
        insert.executeUpdate();
      }
    }
    connection.commit();
  }

  @Override
  public Account account(int account) {
    try (PreparedStatement statement = connection.prepareStatement(ACCOUNT)) {
      statement.setInt(1, account);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new Account(row.getLong(1), row.getLong(2));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    commits.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
