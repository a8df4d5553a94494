package dev.espora.bench.peers;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * PostgreSQL, a server of its own with {@code fsync} and {@code synchronous_commit} on. Each put is
 * a transaction of one prepared statement on a connection of a pool; the server groups the syncs of
 * concurrent ones by itself.
 */
public final class PostgresEngine implements KeyValueEngine {
  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS entries (key text COLLATE \"C\" PRIMARY KEY, value bytea NOT NULL)";
  private static final String PUT =
      "INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  private static final String GET = "SELECT value FROM entries WHERE key = ?";

  private final PostgresDatabase database;

  public PostgresEngine(Path directory) throws SQLException {
    database = new PostgresDatabase(directory, List.of(TABLE));
  }

  @Override
  public void put(String key, byte[] value) {
    try (Connection connection = database.connection();
        PreparedStatement put = connection.prepareStatement(PUT)) {
      put.setString(1, key);
      put.setBytes(2, value);
      put.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL failed: " + e.getMessage(), e);
    }
  }

  @Override
  public byte @Nullable [] get(String key) {
    try (Connection connection = database.connection();
        PreparedStatement get = connection.prepareStatement(GET)) {
      get.setString(1, key);
      try (ResultSet row = get.executeQuery()) {
        return row.next() ? row.getBytes(1) : null;
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL failed: " + e.getMessage(), e);
    }
  }

  /** With {@code COPY}, then as its manual advises after a load. */
  @Override
  public void load(Entries entries) {
    try (Connection connection = database.connection()) {
      try (OutputStream rows =
          new PGCopyOutputStream(
              connection.unwrap(PGConnection.class), "COPY entries (key, value) FROM STDIN")) {
        for (int number = 0; number < entries.count(); number++) {
          rows.write(row(entries, number).getBytes(US_ASCII));
        }
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("VACUUM ANALYZE entries");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("PostgreSQL failed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String row(Entries entries, int number) {
    return entries.key(number) + "\t\\\\x" + HexFormat.of().formatHex(entries.value(number)) + "\n";
  }

  @Override
  public void close() {
    database.close();
  }
}
