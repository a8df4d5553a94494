package dev.espora.bench.peers;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * SQLite with a write-ahead log and {@code synchronous=FULL}, which syncs the log at each commit.
 * It has one writer at a time, so one thread puts what came together into a transaction; each
 * reader has a connection of its own. Statements are prepared once, the table is its own primary
 * key's tree.
 */
public final class SqliteEngine implements KeyValueEngine {
  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL)"
          + " WITHOUT ROWID";
  private static final String PUT =
      "INSERT INTO entries VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  private static final String GET = "SELECT value FROM entries WHERE key = ?";

  private final String url;
  private final Connection writer;
  private final PreparedStatement upsert;
  private final Queue<Reader> readers = new ConcurrentLinkedQueue<>();
  private final GroupCommit<Put> commits =
      new GroupCommit<>("sqlite-committer", GroupCommit.Alone.COMMITS, this::commit);

  private record Reader(Connection connection, PreparedStatement select) {}

  public SqliteEngine(Path directory) throws SQLException {
    url = url(directory);
    writer = connect(url);
    try (Statement statement = writer.createStatement()) {
      statement.execute(TABLE);
    }
    upsert = writer.prepareStatement(PUT);
    writer.setAutoCommit(false);
  }

  static String url(Path directory) {
    return "jdbc:sqlite:" + directory.resolve("bench.sqlite");
  }

  /** A connection whose commits are synced. */
  static Connection connect(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA cache_size = -65536");
      statement.execute("PRAGMA mmap_size = 1073741824");
    }
    return connection;
  }

  @Override
  public void put(String key, byte[] value) {
    commits.submit(new Put(key, value));
  }

  private void commit(Iterable<Put> puts) throws SQLException {
    for (Put put : puts) {
      upsert.setString(1, put.key());
      upsert.setBytes(2, put.value());
      upsert.executeUpdate();
    }
    writer.commit();
  }

  @Override
  public byte @Nullable [] get(String key) {
    try {
      Reader pooled = readers.poll();
      Reader reader = pooled == null ? newReader() : pooled;
      reader.select().setString(1, key);
      try (ResultSet row = reader.select().executeQuery()) {
        return row.next() ? row.getBytes(1) : null;
      } finally {
        readers.add(reader);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Reader newReader() throws SQLException {
    Connection connection = connect(url);
    return new Reader(connection, connection.prepareStatement(GET));
  }

  @Override
  public void close() {
    commits.close();
    try {
      for (Reader reader : readers) {
        reader.connection().close();
      }
      writer.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
