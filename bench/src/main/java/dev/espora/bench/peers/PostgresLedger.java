package dev.espora.bench.peers;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The ledger as two tables of PostgreSQL, opened like {@link PostgresEngine}. A booking is a
 * transaction of one statement, an update that carries the limit and the row for what it updated:
 * one round trip, and an account is locked no longer than its commit takes.
 */
public final class PostgresLedger implements LedgerEngine {
  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE IF NOT EXISTS accounts (id int PRIMARY KEY, balance bigint NOT NULL)"
              // Room for the next version of a row on its own page.
              + " WITH (fillfactor = 10)",
          "CREATE TABLE IF NOT EXISTS bookings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
              + " account int NOT NULL, row bytea NOT NULL)",
          "INSERT INTO accounts SELECT id, 0 FROM generate_series(0, %d) id ON CONFLICT DO NOTHING"
              .formatted(ACCOUNTS - 1));

  private static final String BOOK =
      """
      WITH booked AS (
        UPDATE accounts SET balance = balance + ?
        WHERE id = ? AND (? > 0 OR balance + ? >= %d)
        RETURNING id)
      INSERT INTO bookings (account, row) SELECT id, ? FROM booked\
      """
          .formatted(-LIMIT_CENTS);

  private static final String ACCOUNT =
      "SELECT balance, (SELECT count(*) FROM bookings WHERE account = accounts.id) FROM accounts"
          + " WHERE id = ?";

  private final PostgresDatabase database;

  public PostgresLedger(Path directory) throws SQLException {
    database = new PostgresDatabase(directory, TABLES);
  }

  @Override
  public boolean book(int account, long cents, byte[] row) {
    try (Connection connection = database.connection();
        PreparedStatement book = connection.prepareStatement(BOOK)) {
      book.setLong(1, cents);
      book.setInt(2, account);
      book.setLong(3, cents);
      book.setLong(4, cents);
      book.setBytes(5, row);
      return book.executeUpdate() == 1;
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL failed: " + e.getMessage(), e);
    }
  }

  @Override
  public Account account(int account) {
    try (Connection connection = database.connection();
        PreparedStatement select = connection.prepareStatement(ACCOUNT)) {
      select.setInt(1, account);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return new Account(row.getLong(1), row.getLong(2));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
