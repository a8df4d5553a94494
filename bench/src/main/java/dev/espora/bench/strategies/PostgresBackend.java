package dev.espora.bench.strategies;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.espora.bench.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL behind a pool of connections: a server of its own, or one that runs already. What is
 * stored under a name is a schema of its own.
 */
final class PostgresBackend implements Backend {
  private static final String SCHEMA = "espora_bench_";

  /** What who looks after a server of such data would set. */
  private static final Map<String, String> SETTINGS =
      Map.of("shared_buffers", "512MB", "max_wal_size", "4GB", "checkpoint_timeout", "15min");

  /**
   * More than twice the processors of small machines, since those who wait for a sync need none,
   * and fewer than a server takes unless told otherwise.
   */
  private static final int MOST_CONNECTIONS = 32;

  /** Callers wait for each other's connections, and while a server recovers. */
  private static final Duration CONNECTING = Duration.ofSeconds(30);

  private final @Nullable PostgresServer server;
  private final HikariDataSource pool;
  private final String version;
  private final String syncMethod;

  private PostgresBackend(@Nullable PostgresServer server, HikariDataSource pool)
      throws SQLException {
    this.server = server;
    this.pool = pool;
    try (Connection connection = pool.getConnection()) {
      version = PostgresServer.durableVersion(connection);
      syncMethod = text(connection, "SHOW wal_sync_method");
    }
  }

  /**
   * Starts a server, or connects to one.
   *
   * @throws IllegalStateException if there is none, or it may forget what it acknowledged
   */
  static PostgresBackend open(Path directory, int callers, Optional<String> url) {
    PostgresServer server = url.isPresent() ? null : PostgresServer.start(directory, SETTINGS);
    @Nullable HikariDataSource pool = null;
    try {
      pool = pool(server == null ? url.orElseThrow() : server.url(), callers);
      return new PostgresBackend(server, pool);
    } catch (SQLException | RuntimeException e) {
      if (pool != null) {
        pool.close();
      }
      close(server);
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  private static HikariDataSource pool(String url, int callers) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(Math.min(callers, MOST_CONNECTIONS));
    config.setConnectionTimeout(CONNECTING.toMillis());
    config.setInitializationFailTimeout(1); // at once, if the first connection is refused
    // Statements are prepared in the server from the first execution on.
    config.addDataSourceProperty("prepareThreshold", "1");
    return new HikariDataSource(config);
  }

  @Override
  public Storage open(String name, int people) {
    return new PostgresStorage(pool, SCHEMA + name);
  }

  @Override
  public void delete(String name) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS " + SCHEMA + name + " CASCADE");
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /**
   * Of the write-ahead log, by all processes of the server, which may have other users if it is not
   * our own. Servers before version 15 do not publish them, and writes that sync by themselves are
   * not counted.
   */
  @Override
  public double syncs() {
    int major = Integer.parseInt(version.split("[^0-9]", 2)[0]);
    if (major < 15 || !syncMethod.startsWith("f")) {
      return Double.NaN;
    }
    String query =
        major >= 18
            ? "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal'"
            : "SELECT wal_sync FROM pg_stat_wal";
    try {
      publishCounts();
      try (Connection connection = pool.getConnection()) {
        return Double.parseDouble(text(connection, query));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL: " + e.getMessage(), e);
    }
  }

  /** Each connection of the pool keeps counts to itself for a second, unless it is told not to. */
  private void publishCounts() throws SQLException {
    List<Connection> all = new ArrayList<>();
    try {
      for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
        Connection connection = pool.getConnection();
        all.add(connection);
        try (Statement statement = connection.createStatement()) {
          statement.execute("SELECT pg_stat_force_next_flush()");
        }
      }
    } finally {
      for (Connection connection : all) {
        connection.close();
      }
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getString(1);
    }
  }

  @Override
  public Outage outage() {
    if (server == null) {
      throw new UnsupportedOperationException("the server is not the benchmark's own");
    }
    return new Kill(server);
  }

  @Override
  public List<String> remarks() {
    return List.of(
        "PostgreSQL %s has fsync, synchronous_commit and full_page_writes on, wal_sync_method %s, a pool of %d connections."
            .formatted(version, syncMethod, pool.getMaximumPoolSize()));
  }

  @Override
  public void close() {
    pool.close();
    close(server);
  }

  private static void close(@Nullable PostgresServer server) {
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** All processes of the server are killed, and it recovers. */
  private final class Kill implements Outage {
    private static final String NAME = "killed";

    private final PostgresServer server;
    private final Storage storage = open(NAME, 0);

    Kill(PostgresServer server) {
      this.server = server;
    }

    @Override
    public Storage storage() {
      return storage;
    }

    @Override
    public void strike() {
      server.kill();
    }

    @Override
    public Storage reopened() {
      server.startAgain();
      pool.getHikariPoolMXBean().softEvictConnections();
      return storage;
    }

    @Override
    public String kind() {
      return "kill -9";
    }

    @Override
    public void close() {
      storage.close();
      delete(NAME);
    }
  }
}
