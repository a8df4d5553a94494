package dev.espora.bench.strategies;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Accounts in PostgreSQL. A booking is one statement, which is one transaction and one round trip:
 * it locks the account's row, and only if the limit allows it changes the balance and adds the
 * record.
 */
final class PostgresLedger implements Ledger {
  private final DataSource pool;
  private final String booking;
  private final String account;

  PostgresLedger(DataSource pool, String schema) {
    this.pool = pool;
    this.booking =
        """
        WITH booked AS (
          UPDATE %1$s.accounts SET balance = balance + ?, records = records + 1
          WHERE id = ? AND balance + ? >= %2$d
          RETURNING id, records)
        INSERT INTO %1$s.transactions (account, number, cents, description, booked_at)
        SELECT id, records, ?, ?, now() FROM booked
        RETURNING number\
        """
            .formatted(schema, -LIMIT_CENTS);
    this.account = "SELECT balance, records FROM " + schema + ".accounts WHERE id = ?";
  }

  @Override
  public long book(int number, long cents) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(booking)) {
      statement.setLong(1, cents);
      statement.setInt(2, number);
      statement.setLong(3, cents);
      statement.setLong(4, cents);
      statement.setString(5, "abcdefghij");
      try (ResultSet booked = statement.executeQuery()) {
        return booked.next() ? booked.getLong(1) : 0;
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  @Override
  public long balance(int number) {
    return column(number, 1);
  }

  @Override
  public long records(int number) {
    return column(number, 2);
  }

  private long column(int number, int column) {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(account)) {
      statement.setInt(1, number);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(column);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** The pool is its owner's. */
  @Override
  public void close() {}
}
