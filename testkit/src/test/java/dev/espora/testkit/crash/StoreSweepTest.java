package dev.espora.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Entry;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.db.StoreCheck;
import dev.espora.db.Ttl;
import dev.espora.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every acknowledged change of a store survives, batches whole, and nothing comes back. */
class StoreSweepTest {

  @Test
  void aStoreThatIsCompactedAndWhoseEntriesExpire() {
    Sweep.of("store, compaction", 1_800)
        .run(crash -> {
          ManualClock clock = new ManualClock(Instant.ofEpochMilli(1_000));
          crash.options(Options.DEFAULTS.withClock(clock));
          Texts texts = new Texts();
          crash.during(db -> {
            texts.fill(db, 0);
            texts.compact(db);
            clock.advance(Duration.ofSeconds(6));
            texts.expired("brief0");
            texts.put(db, "k4", "after");
          });
          crash.during(db -> {
            texts.fill(db, 1);
            texts.compact(db);
          });
          crash.after(texts::copy);
        });
  }

  @Test
  void batchesAreThereWholeOrNotAtAll() {
    Sweep.of("store, batches", 800)
        .run(crash -> {
          Texts texts = new Texts();
          crash.during(db -> {
            for (int i = 0; i < 6; i++) {
              texts.batch(db, "round " + i);
            }
          });
          crash.after(texts::copy);
        });
  }

  /** What a store was told to hold, before and after the change under way. */
  private static final class Texts implements Crash.Use {
    private TreeMap<String, String> acknowledged = new TreeMap<>();
    private TreeMap<String, String> attempted = new TreeMap<>();

    private static Store<String, String> store(Database db) {
      return db.store("texts", String.class, String.class);
    }

    void fill(Database db, int round) {
      for (int i = 0; i < 12; i++) {
        put(db, "k" + i % 7, round + "-" + i + "x".repeat(6_000));
      }
      attempted.put("brief" + round, "b");
      store(db).put("brief" + round, "b", Ttl.ofSeconds(5));
      settle();
      attempted.remove("k3");
      store(db).delete("k3");
      settle();
      batch(db, "round " + round);
    }

    void put(Database db, String key, String value) {
      attempted.put(key, value);
      store(db).put(key, value);
      settle();
    }

    void batch(Database db, String value) {
      attempted.remove("k1");
      attempted.put("k2", value);
      attempted.put("large", value + "y".repeat(12_000));
      String large = attempted.get("large");
      store(db)
          .batch(batch -> {
            batch.put("k1", "soon gone").delete("k1").put("k2", value).put("large", large);
          });
      settle();
    }

    /** Moves entries and changes none. */
    void compact(Database db) {
      store(db).compact();
    }

    void expired(String key) {
      attempted.remove(key);
      settle();
    }

    private void settle() {
      acknowledged = new TreeMap<>(attempted);
    }

    Texts copy() {
      Texts copy = new Texts();
      copy.acknowledged = new TreeMap<>(acknowledged);
      copy.attempted = new TreeMap<>(attempted);
      return copy;
    }

    @Override
    public void with(Database db) {
      Store<String, String> store = store(db);
      TreeMap<String, String> found = new TreeMap<>();
      try (Stream<Map.Entry<String, Entry<String>>> entries = store.entries()) {
        entries.forEach(each -> found.put(each.getKey(), each.getValue().value()));
      }
      if (!found.equals(attempted)) {
        assertThat(found).isEqualTo(acknowledged);
      }
      attempted = new TreeMap<>(found); // a crash cannot take back what was read
      acknowledged = new TreeMap<>(found);
      found.forEach((key, value) ->
          assertThat(store.read(key).map(Entry::value)).isEqualTo(Optional.of(value)));
      assertThat(store.size()).isEqualTo(found.size());
      StoreCheck.check(store);
      put(db, "later", "x".repeat(500));
    }
  }
}
