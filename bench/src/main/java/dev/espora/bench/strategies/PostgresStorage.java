package dev.espora.bench.strategies;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** Tables in a schema of their own. */
final class PostgresStorage implements Storage {
  private static final List<String> TABLES =
      List.of(
          "CREATE SCHEMA IF NOT EXISTS %1$s",
          """
          CREATE TABLE IF NOT EXISTS %1$s.accounts (
            id int PRIMARY KEY,
            balance bigint NOT NULL DEFAULT 0 CHECK (balance >= %2$d),
            records bigint NOT NULL DEFAULT 0)
            WITH (fillfactor = 10)\
          """,
          """
          CREATE TABLE IF NOT EXISTS %1$s.transactions (
            account int NOT NULL,
            number bigint NOT NULL,
            cents bigint NOT NULL,
            description text NOT NULL,
            booked_at timestamptz NOT NULL,
            PRIMARY KEY (account, number))\
          """,
          """
          CREATE TABLE IF NOT EXISTS %1$s.people (
            nickname varchar(32) PRIMARY KEY,
            name varchar(100) NOT NULL,
            birth date NOT NULL,
            stack text)\
          """,
          """
          INSERT INTO %1$s.accounts (id) SELECT generate_series(0, %3$d) ON CONFLICT DO NOTHING\
          """);

  private final DataSource pool;
  private final String schema;

  PostgresStorage(DataSource pool, String schema) {
    this.pool = pool;
    this.schema = schema;
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (String command : TABLES) {
        statement.execute(command.formatted(schema, -Ledger.LIMIT_CENTS, Ledger.ACCOUNTS - 1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  @Override
  public Ledger ledger() {
    return new PostgresLedger(pool, schema);
  }

  @Override
  public Registry registry() {
    return new PostgresRegistry(pool, schema);
  }

  /** The pool is its owner's. */
  @Override
  public void close() {}
}
