package dev.espora.bench.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A PostgreSQL server of a benchmark's own, out of a jar: on the loopback interface, durable. It
 * ends when it is closed, or when this process ends in order. Run by root it gets a user namespace,
 * since PostgreSQL refuses to be root.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Duration STARTING = Duration.ofSeconds(60);
  private static final Duration ASKED_EVERY = Duration.ofMillis(50);

  /** Where the starter keeps files of its own, unless told otherwise beside everybody's. */
  private static final String STARTERS_DIRECTORY = "ot.epg.working-dir";

  /** Acknowledged is durable only if all of them are on. */
  private static final List<String> DURABLE =
      List.of("fsync", "synchronous_commit", "full_page_writes");

  /**
   * System property: a folder for the server's programs, where many processes start one after
   * another, so that only the first unpacks them. Unless it is set, they are beside the data.
   */
  public static final String PROGRAMS = "espora.bench.postgres.programs";

  private enum WhenClosed {
    DATA_IS_DELETED,
    DATA_STAYS
  }

  private final EmbeddedPostgres postgres;
  private final ServerProcess process;

  private PostgresServer(EmbeddedPostgres postgres, ServerProcess process) {
    this.postgres = postgres;
    this.process = process;
  }

  /**
   * Starts a new server and returns when it answers; its data is gone when it is closed.
   *
   * @param directory where it makes its files, on the disk to measure; to be deleted by who made it
   * @param settings of {@code postgresql.conf}, beside those that make it durable
   * @throws IllegalStateException if there is no server for this machine, or it does not start
   */
  public static PostgresServer start(Path directory, Map<String, String> settings) {
    return start(directory, settings, WhenClosed.DATA_IS_DELETED);
  }

  /**
   * Starts a server on the data that an earlier one left in the directory, or on new data there if
   * there is none; it stays when the server is closed. Otherwise like {@link #start(Path, Map)}.
   */
  public static PostgresServer open(Path directory, Map<String, String> settings) {
    return start(directory, settings, WhenClosed.DATA_STAYS);
  }

  private static PostgresServer start(
      Path directory, Map<String, String> settings, WhenClosed whenClosed) {
    try {
      Path programs =
          Files.createDirectories(
              Optional.ofNullable(System.getProperty(PROGRAMS))
                  .map(Path::of)
                  .orElse(directory.resolve("programs")));
      System.setProperty(STARTERS_DIRECTORY, programs.toString());
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setOverrideWorkingDirectory(programs.toFile())
              .setDataDirectory(directory.resolve("data"))
              .setCleanDataDirectory(whenClosed == WhenClosed.DATA_IS_DELETED)
              .setPGStartupWait(STARTING)
              // Letters are more than ASCII, and case is that of Unicode.
              .setLocaleConfig("locale", "C.UTF-8")
              .setLocaleConfig("locale-provider", "builtin")
              .setLocaleConfig("builtin-locale", "C.UTF-8")
              .setServerConfig("unix_socket_directories", "");
      DURABLE.forEach(setting -> builder.setServerConfig(setting, "on"));
      settings.forEach(builder::setServerConfig);
      EmbeddedPostgres started = builder.start();
      return new PostgresServer(started, ServerProcess.in(directory.resolve("data")));
    } catch (IOException | IllegalStateException | ExceptionInInitializerError e) {
      throw new IllegalStateException("PostgreSQL does not start: " + reason(e), e);
    }
  }

  /** For JDBC, as its administrator, who needs no password. */
  public String url() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  /**
   * Kills all of its processes at once; its data stays.
   *
   * @throws IllegalStateException if they are not known
   */
  public void kill() {
    process.kill();
  }

  /**
   * Starts it again after it was killed, at the same address; returns when it has recovered.
   *
   * @throws IllegalStateException if it does not start
   */
  public void startAgain() {
    process.startAgain();
    Instant deadline = Instant.now().plus(STARTING);
    while (!answers()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("PostgreSQL does not start again");
      }
      LockSupport.parkNanos(ASKED_EVERY.toNanos());
    }
  }

  private boolean answers() {
    try (Connection connection = DriverManager.getConnection(url())) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /**
   * The version of a server, whoever started it.
   *
   * @throws IllegalStateException if it may forget what it acknowledged
   */
  public static String durableVersion(Connection connection) throws SQLException {
    for (String setting : DURABLE) {
      String value = shown(connection, setting);
      if (!value.equals("on")) {
        throw new IllegalStateException("PostgreSQL has " + setting + "=" + value + ", not on");
      }
    }
    return shown(connection, "server_version");
  }

  private static String shown(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SHOW " + setting)) {
      result.next();
      return result.getString(1);
    }
  }

  private static String reason(Throwable failure) {
    return failure.getCause() == null ? failure.toString() : failure + ", " + failure.getCause();
  }

  /** Stops it within a few seconds, connections or not. Its programs stay, for the next one. */
  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
