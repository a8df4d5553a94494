package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Followers of a store: every change once, in one order, or a plain word that some are gone. */
class ChangeFeedTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path temporary;

  private Database open() {
    return Database.open(temporary.resolve("data"));
  }

  private static Store<String, Integer> store(Database db) {
    return db.store("numbers", String.class, Integer.class);
  }

  private static List<String> all(ChangeFeed<String, Integer> feed) {
    List<String> changes = new ArrayList<>();
    Optional<Change<String, Integer>> change = feed.poll(Duration.ZERO);
    while (change.isPresent()) {
      Change<String, Integer> each = change.get();
      assertThat(feed.sequence()).isEqualTo(each.sequence());
      changes.add(
          each.kind() + " " + each.key() + each.entry().map(e -> "=" + e.value()).orElse(""));
      change = feed.poll(Duration.ZERO);
    }
    return changes;
  }

  @Test
  void changesComeInTheirOrderWithTheirKindsAndGoOnAfterARestart() {
    long after;
    try (Database db = open()) {
      Store<String, Integer> store = store(db);
      store.create("a", 1);
      store.update("a", 2);
      long last = store.batch(batch -> batch.put("b", 3).delete("a").put("c", 4)).result();
      try (ChangeFeed<String, Integer> feed = store.changes(0)) {
        assertThat(all(feed))
            .containsExactly("PUT a=1", "PUT a=2", "PUT b=3", "DELETED a", "PUT c=4");
        assertThat(feed.sequence()).isEqualTo(last);
        store.put("d", 5);
        Change<String, Integer> next = feed.poll(LONG).orElseThrow();
        assertThat(next.entry().orElseThrow()).isEqualTo(store.read("d").orElseThrow());
        after = next.sequence();
        store.put("e", 6);
        store.put("f", 7);
      }
    }
    try (Database db = open()) {
      Store<String, Integer> store = store(db);
      try (ChangeFeed<String, Integer> feed = store.changes(after)) {
        assertThat(all(feed)).containsExactly("PUT e=6", "PUT f=7");
      }
      try (ChangeFeed<String, Integer> feed = store.changes(store.sequence())) {
        assertThat(all(feed)).isEmpty();
        store.delete("e");
        assertThat(all(feed)).containsExactly("DELETED e");
      }
    }
  }

  @Test
  void everyFollowerOfWhateverOpeningSeesTheSameChangesInTheOrderOfTheirSequences()
      throws Exception {
    int writers = 6;
    int each = 300;
    try (Database one = open();
        Database two = open();
        ExecutorService executor = Executors.newFixedThreadPool(writers + 2)) {
      List<Future<?>> writing = new ArrayList<>();
      List<Future<List<String>>> following = new ArrayList<>();
      for (Database db : List.of(one, two)) {
        following.add(executor.submit(() -> follow(store(db), writers * each)));
      }
      for (int w = 0; w < writers; w++) {
        Store<String, Integer> store = store(w % 2 == 0 ? one : two);
        String key = "w" + w;
        writing.add(
            executor.submit(() -> {
              for (int i = 0; i < each; i++) {
                store.put(key, i);
              }
            }));
      }
      for (Future<?> writer : writing) {
        writer.get();
      }
      List<String> seen = following.getFirst().get();
      assertThat(following.getLast().get()).isEqualTo(seen);
      for (int w = 0; w < writers; w++) {
        String key = "w" + w + "=";
        assertThat(seen.stream().filter(text -> text.startsWith(key)))
            .hasSize(each)
            .startsWith(key + 0)
            .endsWith(key + (each - 1));
      }
    }
  }

  private static List<String> follow(Store<String, Integer> store, int count) {
    List<String> seen = new ArrayList<>();
    long last = 0;
    try (ChangeFeed<String, Integer> feed = store.changes(0)) {
      while (seen.size() < count) {
        Change<String, Integer> change = feed.poll(LONG).orElseThrow();
        assertThat(change.sequence()).isGreaterThan(last);
        last = change.sequence();
        seen.add(change.key() + "=" + change.entry().orElseThrow().value());
      }
    }
    return seen;
  }

  @Test
  void changesThatWereCompactedAwayAreReportedAndNeverLeftOut() {
    try (Database db = open();
        Database other = open()) {
      Store<String, Integer> store = store(db);
      ChangeFeed<String, Integer> slow = store(other).changes(0);
      store.put("a", 0);
      for (int i = 0; i < 4_000; i++) {
        var _ = store.async().put("b", i);
      }
      store.put("c", 1);
      assertThat(slow.poll(LONG).orElseThrow().key()).isEqualTo("a");
      assertThat(store.compact()).isPositive();
      assertThatThrownBy(() -> store.changes(0))
          .isInstanceOf(DatabaseException.Missing.class)
          .hasMessageContaining("compacted away")
          .hasMessageContaining("read the entries");
      int seen = 1;
      try {
        while (slow.poll(Duration.ZERO).isPresent()) {
          seen++;
        }
        assertThat(seen).as("all of them, or an exception").isEqualTo(4_002);
      } catch (DatabaseException.Missing e) {
        assertThat(e).hasMessageContaining("compacted away");
      }
      slow.close();
      try (ChangeFeed<String, Integer> feed = store.changes(store.sequence())) {
        assertThat(all(feed)).isEmpty();
        store.put("z", 9);
        assertThat(all(feed)).as("moved entries are no changes").containsExactly("PUT z=9");
      }
    }
  }

  /** Releases all of its log before it lets anybody scan it. */
  private static final class Hasty extends MemoryJournal {
    Hasty(Medium.Stored stored) {
      super(stored, new AtomicBoolean());
    }

    @Override
    public EventScan scan(long from, LongSupplier to) {
      release(to.getAsLong());
      return super.scan(from, to);
    }
  }

  @Test
  void changesThatAreCompactedAwayWhenAFeedBeginsAreReported() {
    try (Database db = Database.open(FreshJournals.medium(Hasty::new), Options.DEFAULTS)) {
      Store<String, Integer> store = store(db);
      store.put("a", 1);
      store.put("b", 2);
      assertThatThrownBy(() -> store.changes(0))
          .isInstanceOf(DatabaseException.Missing.class)
          .hasMessageContaining("compacted away");
    }
  }

  @Test
  void movedEntriesAreNoChanges() {
    try (Database db = Database.inMemory(Options.DEFAULTS)) {
      Store<String, Integer> store = store(db);
      store.put("a", 1);
      store.put("a", 2);
      try (ChangeFeed<String, Integer> feed = store.changes(store.sequence())) {
        store.compact();
        assertThat(all(feed)).isEmpty();
        store.put("b", 3);
        assertThat(all(feed)).containsExactly("PUT b=3");
      }
    }
  }
}
