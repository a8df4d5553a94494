package dev.espora.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.espora.bench.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server of this process's own, checked to be durable, and a pool of connections. */
final class PostgresDatabase implements AutoCloseable {

  /** As many commits as can share a sync of its log; more only wait for each other inside. */
  private static final int CONNECTIONS = 64;

  /** As for the other engines: memory for what is read, and no checkpoint within seconds. */
  private static final Map<String, String> SETTINGS =
      Map.of("shared_buffers", "512MB", "max_wal_size", "4GB");

  private final PostgresServer server;
  private final HikariDataSource pool;

  /**
   * Starts it on what it kept in the directory.
   *
   * @param tables statements that make what is not there
   * @throws IllegalStateException if there is no server, or it may forget what it acknowledged
   */
  PostgresDatabase(Path directory, List<String> tables) throws SQLException {
    server = PostgresServer.open(directory, SETTINGS);
    try {
      pool = pool(server.url());
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        var _ = PostgresServer.durableVersion(connection);
        for (String table : tables) {
          statement.execute(table);
        }
      }
    } catch (SQLException | RuntimeException e) {
      stop();
      throw e;
    }
  }

  private static HikariDataSource pool(String url) {
    HikariConfig configuration = new HikariConfig();
    configuration.setJdbcUrl(url);
    configuration.setMaximumPoolSize(CONNECTIONS);
    // It opens the others when they are asked for.
    configuration.setMinimumIdle(1);
    return new HikariDataSource(configuration);
  }

  /** A connection that commits each statement; to be closed, which gives it back. */
  Connection connection() throws SQLException {
    return pool.getConnection();
  }

  @Override
  public void close() {
    pool.close();
    stop();
  }

  private void stop() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
