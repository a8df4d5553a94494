package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compaction of stores that nobody has open, and what else happens in the database meanwhile. */
@Timeout(60)
class CompactStoreTest {
  @TempDir Path directory;

  @BeforeEach
  void write() {
    try (Database db = Database.open(directory)) {
      Store<String, String> store = db.store("things", String.class, String.class);
      for (int i = 0; i < 300; i++) {
        store.put("key" + i % 3, "x".repeat(1_000));
      }
      db.log("rows", String.class).append("row");
    }
  }

  @Test
  void theTypesOfAStoreAreNotNeeded() {
    try (Database db = Database.open(directory)) {
      assertThat(db.compactStore("things")).isPositive();
      Store<String, String> store = db.store("things", String.class, String.class);
      assertThat(store.keys()).containsExactly("key0", "key1", "key2");
      assertThat(db.compactStore("things")).isNotNegative();
      for (String none : new String[] {"rows", "nothing"}) {
        assertThatThrownBy(() -> db.compactStore(none))
            .isInstanceOf(DatabaseException.Missing.class)
            .hasMessageContaining("no store named " + none);
      }
    }
  }

  /**
   * A compaction that waits for as long as a callback does: futures are completed one after
   * another.
   */
  private static CompletableFuture<Long> compactBehind(CountDownLatch callback, Database db) {
    Log<String> rows = db.log("rows", String.class);
    while (!isHeldUp(rows, () -> openOnce(callback, db))) {
      // The append was faster than whoever asked to be called back.
    }
    CompletableFuture<Long> compacted =
        CompletableFuture.supplyAsync(() -> db.compactStore("things"), Thread::startVirtualThread);
    while (!isBeingCompacted(db) && !compacted.isDone()) {
      Thread.onSpinWait();
    }
    return compacted;
  }

  /** Whether the callback is called by the thread that completes futures, not by this one. */
  private static boolean isHeldUp(Log<String> rows, Runnable callback) {
    Thread self = Thread.currentThread();
    CompletableFuture<Boolean> called = new CompletableFuture<>();
    var _ =
        rows.appendAsync("row")
            .thenRun(() -> {
              boolean held = !Thread.currentThread().equals(self);
              called.complete(held);
              if (held) {
                callback.run();
              }
            });
    return called.join();
  }

  private static void openOnce(CountDownLatch opening, Database db) {
    try {
      opening.await();
      db.log("more", String.class);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a log, lest the question open it. */
  private static boolean isBeingCompacted(Database db) {
    try {
      db.log("things", String.class);
      throw new AssertionError("it is a store");
    } catch (DatabaseException.SchemaMismatch e) {
      return false;
    } catch (DatabaseException.Busy e) {
      assertThat(e).hasMessage("store things is being compacted; try again later");
      return true;
    }
  }

  @Test
  void aCallbackMayOpenAPartitionMeanwhile() throws Exception {
    try (Database db = Database.open(directory)) {
      CountDownLatch callback = new CountDownLatch(1);
      CompletableFuture<Long> compacted = compactBehind(callback, db);
      assertThatThrownBy(() -> db.store("things", String.class, String.class))
          .isInstanceOf(DatabaseException.Busy.class);
      callback.countDown();
      assertThat(compacted.get(30, TimeUnit.SECONDS)).isPositive();
      assertThat(db.store("things", String.class, String.class).size()).isEqualTo(3);
    }
  }

  @Test
  void aDatabaseThatIsClosedMeanwhileIsClosed() {
    CountDownLatch callback = new CountDownLatch(1);
    CompletableFuture<Long> compacted;
    try (Database db = Database.open(directory)) {
      compacted = compactBehind(callback, db);
    }
    callback.countDown();
    assertThatThrownBy(compacted::join).hasCauseInstanceOf(DatabaseException.Closed.class);
    try (Database db = Database.open(directory)) {
      assertThat(db.store("things", String.class, String.class).size()).isEqualTo(3);
    }
  }
}
