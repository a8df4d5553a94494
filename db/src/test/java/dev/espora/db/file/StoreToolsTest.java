package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Store;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import dev.espora.db.tools.Verification;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools on a store, whose log is compacted while they look. */
class StoreToolsTest {
  private static final int KEYS = 50;

  @TempDir Path temporary;

  private Path directory() {
    return temporary.resolve("data");
  }

  private static void write(Store<String, String> store, int round) {
    for (int key = 0; key < KEYS; key++) {
      store.put("key" + key, ("round " + round + " ").repeat(100));
    }
  }

  @Test
  void verifiedAndBackedUpWhileItIsCompacted() throws Exception {
    AtomicBoolean stopped = new AtomicBoolean();
    try (Database db = Database.open(directory());
        ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Store<String, String> store = db.store("things", String.class, String.class);
      write(store, 0);
      Future<?> writer =
          executor.submit(() -> {
            for (int round = 1; !stopped.get(); round++) {
              write(store, round);
              store.compact();
            }
          });
      try {
        for (int i = 0; i < 15; i++) {
          Verification verification =
              DatabaseTools.at(directory()).verify(Optional.empty(), Progress.NONE);
          assertThat(verification.damages()).isEmpty();
          Path copy = temporary.resolve("copy" + i);
          DatabaseTools.at(directory()).backup(copy, Progress.NONE);
          assertHoldsAllKeys(copy);
        }
      } finally {
        stopped.set(true);
      }
      writer.get();
    }
    Verification after = DatabaseTools.at(directory()).verify(Optional.empty(), Progress.NONE);
    assertThat(after.damages()).isEmpty();
    assertThat(after.partitions().getFirst().first()).as("compacted").isPositive();
    Path salvaged = temporary.resolve("salvaged");
    assertThat(DatabaseTools.at(directory()).salvage(salvaged, Progress.NONE).dropped()).isEmpty();
    assertHoldsAllKeys(salvaged);
  }

  private static void assertHoldsAllKeys(Path directory) {
    try (RecordCursor records = DatabaseTools.at(directory).records("things", 0)) {
      StoredRecord first = records.next().orElseThrow();
      assertThat(first.value()).isInstanceOf(Map.class);
    }
    try (Database db = Database.open(directory)) {
      Store<String, String> store = db.store("things", String.class, String.class);
      for (int key = 0; key < KEYS; key++) {
        assertThat(store.read("key" + key)).isPresent();
      }
    }
  }
}
