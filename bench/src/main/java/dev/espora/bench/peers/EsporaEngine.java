package dev.espora.bench.peers;

import dev.espora.db.Database;
import dev.espora.db.Entry;
import dev.espora.db.Store;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Espora's store as it is unless told otherwise. */
public final class EsporaEngine implements KeyValueEngine {

  /** Puts that are under way at a time while loading: what may wait for one store. */
  private static final int LOADED_TOGETHER = 32_768;

  private final Database database;
  private final Store<String, Blob> store;

  public EsporaEngine(Path directory) {
    database = Database.open(directory);
    store = database.store("bench", String.class, Blob.class);
  }

  @Override
  public void put(String key, byte[] value) {
    var _ = store.put(key, new Blob(value));
  }

  @Override
  public byte @Nullable [] get(String key) {
    return store.read(key).map(Entry::value).map(Blob::bytes).orElse(null);
  }

  @Override
  public void load(Entries entries) {
    for (int first = 0; first < entries.count(); first += LOADED_TOGETHER) {
      int end = Math.min(first + LOADED_TOGETHER, entries.count());
      CompletableFuture.allOf(
              IntStream.range(first, end)
                  .mapToObj(n -> store.async().put(entries.key(n), new Blob(entries.value(n))))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
