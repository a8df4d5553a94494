package dev.espora.bench.peers;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteOptions;

/** How RocksDB is opened and written. Loads its library. */
final class RocksDbOptions implements AutoCloseable {
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
  private final Options options =
      new Options()
          .setCreateIfMissing(true)
          .setIncreaseParallelism(Runtime.getRuntime().availableProcessors())
          .setRecycleLogFileNum(RECYCLED_LOGS)
          .setTableFormatConfig(
              new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(bloom));

  Options options() {
    return options;
  }

  /** A write returns once it is synced. */
  WriteOptions synced() {
    return synced;
  }

  @Override
  public void close() {
    options.close();
    synced.close();
    cache.close();
    bloom.close();
  }
}
