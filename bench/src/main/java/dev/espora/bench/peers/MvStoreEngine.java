package dev.espora.bench.peers;

import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/**
 * H2's MVStore: {@code commit} writes, {@code sync} makes it durable, and one thread calls both for
 * what came together. Its commits in the background are off, since {@code sync} does not wait for
 * one that is under way.
 */
public final class MvStoreEngine implements KeyValueEngine {
  private static final int CACHE_MEGABYTES = 512;

  private final MVStore store;
  private final MVMap<String, byte[]> map;
  private final GroupCommit<Put> commits =
      new GroupCommit<>("mvstore-committer", GroupCommit.Alone.COMMITS, this::commit);

  public MvStoreEngine(Path directory) {
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("bench.mv").toString())
            .autoCommitDisabled()
            .cacheSize(CACHE_MEGABYTES)
            .open();
    map =
        store.openMap(
            "bench",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public void put(String key, byte[] value) {
    commits.submit(new Put(key, value));
  }

  private void commit(Iterable<Put> puts) {
    for (Put put : puts) {
      map.put(put.key(), put.value());
    }
    store.commit();
    store.sync();
  }

  @Override
  public byte @Nullable [] get(String key) {
    return map.get(key);
  }

  @Override
  public void close() {
    commits.close();
    store.close();
  }
}
