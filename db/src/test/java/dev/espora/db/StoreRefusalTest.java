package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreRefusalTest {
  @TempDir Path directory;

  @Test
  void aChangeOfTheSameBatchIsAConflict() {
    try (Database db = Database.open(directory)) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      for (int round = 0; round < 20; round++) {
        long sequence = store.put("key", round).result();
        List<CompletableFuture<Receipt<Long>>> futures = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          futures.add(store.async().compareAndSet("key", sequence, 100 + i));
        }
        futures.removeFirst().join();
        for (CompletableFuture<Receipt<Long>> future : futures) {
          assertThatThrownBy(future::join)
              .isInstanceOf(CompletionException.class)
              .hasCauseInstanceOf(DatabaseException.Conflict.class);
        }
        assertThat(store.read("key").orElseThrow().value()).isEqualTo(100);
      }
    }
  }

  @Test
  void changesOfAClosedDatabaseAreRefused() {
    Database db = Database.open(directory);
    Store<String, Integer> store = db.store("store", String.class, Integer.class);
    store.put("key", 1);
    db.close();
    assertThatThrownBy(() -> store.changes(0)).isInstanceOf(DatabaseException.Closed.class);
  }

  @Test
  void aFeedInMemoryThatIsLeftBehindSaysSo() {
    try (Database db = Database.inMemory(Options.DEFAULTS)) {
      Store<Integer, String> store = db.store("store", Integer.class, String.class);
      try (ChangeFeed<Integer, String> feed = store.changes(0)) {
        for (int i = 0; i < 100; i++) {
          store.put(i % 10, "value " + i);
        }
        assertThat(store.compact()).isPositive();
        assertThatThrownBy(() -> feed.poll(java.time.Duration.ZERO))
            .isInstanceOf(DatabaseException.Missing.class)
            .hasMessageContaining("compacted");
      }
    }
  }
}
