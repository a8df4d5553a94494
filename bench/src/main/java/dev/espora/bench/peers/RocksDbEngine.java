package dev.espora.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * RocksDB with {@code sync}. It groups concurrent writers by itself; with a group commit in front,
 * what came together is one {@link WriteBatch}, and virtual callers do not hold their carriers in
 * it.
 */
public final class RocksDbEngine implements KeyValueEngine {
  private static final long CACHE_BYTES = 512L << 20;
  private static final int BLOOM_BITS = 10;

  /** Used again, their size no longer changes, and a sync has less to write. */
  private static final int RECYCLED_LOGS = 4;

  static {
    RocksDB.loadLibrary();
  }

  private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
  private final LRUCache cache = new LRUCache(CACHE_BYTES);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final Options options;
  private final RocksDB database;
  private final Grouping grouping;
  private final GroupCommit<Put> commits =
      new GroupCommit<>("rocksdb-committer", GroupCommit.Alone.COMMITS, this::commit);

  public RocksDbEngine(Path directory, Grouping grouping) throws RocksDBException {
    this.grouping = grouping;
    options =
        new Options()
            .setCreateIfMissing(true)
            .setIncreaseParallelism(Runtime.getRuntime().availableProcessors())
            .setRecycleLogFileNum(RECYCLED_LOGS)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(bloom));
    database = RocksDB.open(options, directory.toString());
  }

  @Override
  public void put(String key, byte[] value) {
    if (grouping == Grouping.IN_FRONT) {
      commits.submit(new Put(key, value));
      return;
    }
    try {
      database.put(synced, key.getBytes(UTF_8), value);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  private void commit(Iterable<Put> puts) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (Put put : puts) {
        batch.put(put.key().getBytes(UTF_8), put.value());
      }
      database.write(synced, batch);
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
    synced.close();
    cache.close();
    bloom.close();
  }
}
