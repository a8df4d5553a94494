package dev.espora.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * RocksDB with {@code sync}. It groups concurrent writers by itself; with a group commit in front,
 * what came together is one {@link WriteBatch}, and virtual callers do not hold their carriers in
 * it.
 */
public final class RocksDbEngine implements KeyValueEngine {
  private final RocksDbOptions options = new RocksDbOptions();
  private final RocksDB database;
  private final Grouping grouping;
  private final GroupCommit<Put> commits =
      new GroupCommit<>("rocksdb-committer", GroupCommit.Alone.COMMITS, this::commit);

  public RocksDbEngine(Path directory, Grouping grouping) throws RocksDBException {
    this.grouping = grouping;
    database = RocksDB.open(options.options(), directory.toString());
  }

  @Override
  public void put(String key, byte[] value) {
    if (grouping == Grouping.IN_FRONT) {
      commits.submit(new Put(key, value));
      return;
    }
    try {
      database.put(options.synced(), key.getBytes(UTF_8), value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  private void commit(Iterable<Put> puts) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Put put : puts) {
        batch.put(put.key().getBytes(UTF_8), put.value());
      }
      database.write(options.synced(), batch);
    }
  }

  @Override
  public byte @Nullable [] get(String key) {
    try {
      return database.get(key.getBytes(UTF_8));
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    commits.close();
    database.close();
    options.close();
  }
}
