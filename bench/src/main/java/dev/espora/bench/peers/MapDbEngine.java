package dev.espora.bench.peers;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/**
 * MapDB with transactions, which bring its write-ahead log, on mapped files. A commit covers the
 * whole database, so one thread commits what came together.
 */
public final class MapDbEngine implements KeyValueEngine {
  private final DB database;
  private final ConcurrentMap<String, byte[]> map;
  private final GroupCommit<Put> commits =
      new GroupCommit<>("mapdb-committer", GroupCommit.Alone.COMMITS, this::commit);

  public MapDbEngine(Path directory) {
    database =
        DBMaker.fileDB(directory.resolve("bench.mapdb").toFile())
            .transactionEnable()
            .fileMmapEnableIfSupported()
            .make();
    map = database.hashMap("bench", Serializer.STRING, Serializer.BYTE_ARRAY).createOrOpen();
  }

  @Override
  public void put(String key, byte[] value) {
    commits.submit(new Put(key, value));
  }

  private void commit(Iterable<Put> puts) {
    for (Put put : puts) {
      map.put(put.key(), put.value());
    }
    database.commit();
  }

  @Override
  public byte @Nullable [] get(String key) {
    return map.get(key);
  }

  @Override
  public void close() {
    commits.close();
    database.close();
  }
}
