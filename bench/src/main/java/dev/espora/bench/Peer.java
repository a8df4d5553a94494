package dev.espora.bench;

import dev.espora.bench.peers.BerkeleyDbEngine;
import dev.espora.bench.peers.EsporaEngine;
import dev.espora.bench.peers.EsporaLedger;
import dev.espora.bench.peers.Grouping;
import dev.espora.bench.peers.KeyValueEngine;
import dev.espora.bench.peers.KeyValueLedger;
import dev.espora.bench.peers.LedgerEngine;
import dev.espora.bench.peers.LmdbEngine;
import dev.espora.bench.peers.MapDbEngine;
import dev.espora.bench.peers.MvStoreEngine;
import dev.espora.bench.peers.PostgresEngine;
import dev.espora.bench.peers.PostgresLedger;
import dev.espora.bench.peers.RocksDbEngine;
import dev.espora.bench.peers.RocksDbTransactions;
import dev.espora.bench.peers.SqliteEngine;
import dev.espora.bench.peers.SqliteLedger;
import java.nio.file.Path;
import java.time.Duration;
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
  MAPDB,
  POSTGRESQL;

  private static final Duration OVERHEAD = Duration.ofSeconds(1);
  private static final Duration SERVER_OVERHEAD = Duration.ofSeconds(4);

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
      case MVSTORE -> MvStoreEngine.open(directory);
      case MAPDB -> MapDbEngine.open(directory);
      case POSTGRESQL -> new PostgresEngine(directory);
    };
  }

  /** Opens its ledger in an existing directory, which is new or has one. */
  LedgerEngine openLedger(Path directory) throws Exception {
    return switch (this) {
      case FLOOR -> new FloorLedger(directory);
      case ESPORA -> new EsporaLedger(directory);
      case ROCKSDB -> new KeyValueLedger(new RocksDbTransactions(directory, Grouping.BY_ENGINE));
      case ROCKSDB_GROUPED ->
          new KeyValueLedger(new RocksDbTransactions(directory, Grouping.IN_FRONT));
      case JE -> new KeyValueLedger(new BerkeleyDbEngine(directory, Grouping.BY_ENGINE));
      case JE_GROUPED -> new KeyValueLedger(new BerkeleyDbEngine(directory, Grouping.IN_FRONT));
      case LMDB -> new KeyValueLedger(new LmdbEngine(directory));
      case SQLITE -> new SqliteLedger(directory);
      case MVSTORE -> new KeyValueLedger(MvStoreEngine.open(directory));
      case MAPDB -> new KeyValueLedger(MapDbEngine.open(directory));
      case POSTGRESQL -> new PostgresLedger(directory);
    };
  }

  /** What a process of its own takes for starting, opening and closing, about. */
  Duration overhead() {
    return this == POSTGRESQL ? SERVER_OVERHEAD : OVERHEAD;
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
