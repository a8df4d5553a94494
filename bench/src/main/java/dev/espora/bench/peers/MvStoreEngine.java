package dev.espora.bench.peers;

import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * H2's MVStore: {@code commit} writes, {@code sync} makes it durable. Its commits in the background
 * are off, since {@code sync} does not wait for one that is under way.
 */
public final class MvStoreEngine {
  private static final int CACHE_MEGABYTES = 512;

  private MvStoreEngine() {}

  public static MapEngine open(Path directory) {
    MVStore store =
        new MVStore.Builder()
            .fileName(directory.resolve("bench.mv").toString())
            .autoCommitDisabled()
            .cacheSize(CACHE_MEGABYTES)
            .open();
    MVMap<String, byte[]> map =
        store.openMap(
            "bench",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
    return new MapEngine("mvstore", map, () -> commit(store), store::close);
  }

  private static void commit(MVStore store) {
    var _ = store.commit();
    store.sync();
  }
}
