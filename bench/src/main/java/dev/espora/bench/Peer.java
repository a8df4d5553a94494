package dev.espora.bench;

import dev.espora.bench.peers.BerkeleyDbEngine;
import dev.espora.bench.peers.EsporaEngine;
import dev.espora.bench.peers.Grouping;
import dev.espora.bench.peers.KeyValueEngine;
import dev.espora.bench.peers.LmdbEngine;
import dev.espora.bench.peers.MapDbEngine;
import dev.espora.bench.peers.MvStoreEngine;
import dev.espora.bench.peers.RocksDbEngine;
import dev.espora.bench.peers.SqliteEngine;
import java.nio.file.Path;
import java.util.Locale;

/** The engines that are compared. Their classes are loaded where one is opened, not before. */
public enum Peer {
  FLOOR,
  ESPORA,
  ROCKSDB,
  ROCKSDB_GROUPED,
  JE,
  JE_GROUPED,
  LMDB,
  SQLITE,
  MVSTORE,
  MAPDB;

  /** Opens its store in an existing directory, which is new or which it filled before. */
  KeyValueEngine open(Path directory) throws Exception {
    return switch (this) {
      case FLOOR -> new FloorStore(directory);
      case ESPORA -> new EsporaEngine(directory);
      case ROCKSDB -> new RocksDbEngine(directory, Grouping.BY_ENGINE);
      case ROCKSDB_GROUPED -> new RocksDbEngine(directory, Grouping.IN_FRONT);
      case JE -> new BerkeleyDbEngine(directory, Grouping.BY_ENGINE);
      case JE_GROUPED -> new BerkeleyDbEngine(directory, Grouping.IN_FRONT);
      case LMDB -> new LmdbEngine(directory);
      case SQLITE -> new SqliteEngine(directory);
      case MVSTORE -> new MvStoreEngine(directory);
      case MAPDB -> new MapDbEngine(directory);
    };
  }

  /** Whether it keeps what is put; the floor overwrites one file and never reads. */
  boolean keeps() {
    return this != FLOOR;
  }

  /** Lower case, as in tables and on command lines. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
