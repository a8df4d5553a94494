package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Change;
import dev.espora.db.ChangeFeed;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Store;
import dev.espora.db.Ttl;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How a {@link Store} behaves on a medium. */
public interface StoreContract extends MediumUnderTest {

  @Test
  default void entriesAreCreatedReadUpdatedAndDeleted() {
    try (Database db = Database.open(medium(), options())) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      assertThat(store.read("a")).isEmpty();
      long created = store.create("a", 1).result();
      Entry<Integer> entry = store.read("a").orElseThrow();
      assertThat(entry.value()).isEqualTo(1);
      assertThat(entry.sequence()).isEqualTo(created);
      long updated = store.update("a", 2).result();
      assertThat(updated).isGreaterThan(created);
      assertThat(store.read("a").orElseThrow().value()).isEqualTo(2);
      assertThat(store.put("b", 3).result()).isGreaterThan(updated);
      assertThat(store.size()).isEqualTo(2);
      store.delete("a");
      assertThat(store.read("a")).isEmpty();
      assertThat(store.contains("b")).isTrue();
      assertThat(store.size()).isEqualTo(1);
    }
  }

  @Test
  default void whatCannotBeDoneIsRefusedAndChangesNothing() {
    try (Database db = Database.open(medium(), options())) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      long sequence = store.create("a", 1).result();
      assertThatExceptionOfType(DatabaseException.AlreadyExists.class)
          .isThrownBy(() -> store.create("a", 2));
      assertThatExceptionOfType(DatabaseException.Missing.class)
          .isThrownBy(() -> store.update("b", 2));
      assertThatExceptionOfType(DatabaseException.Missing.class)
          .isThrownBy(() -> store.delete("b"));
      store.compareAndSet("a", sequence, 2);
      assertThatExceptionOfType(DatabaseException.Conflict.class)
          .isThrownBy(() -> store.compareAndSet("a", sequence, 3));
      assertThat(store.read("a").orElseThrow().value()).isEqualTo(2);
      assertThat(store.size()).isEqualTo(1);
    }
  }

  @Test
  default void aBatchTakesEffectAllOrNone() {
    try (Database db = Database.open(medium(), options())) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      store.batch(batch -> batch.create("a", 1).create("b", 2).update("a", 3));
      assertThatExceptionOfType(DatabaseException.Missing.class)
          .isThrownBy(() -> store.batch(batch -> batch.put("c", 4).delete("a").delete("none")));
      assertThat(texts(store.entries())).containsExactly("a=3", "b=2");
      assertThat(ChangeTexts.all(store, 0)).containsExactly("PUT a=1", "PUT b=2", "PUT a=3");
    }
  }

  private static List<String> texts(Stream<java.util.Map.Entry<String, Entry<Integer>>> entries) {
    try (entries) {
      return entries.map(each -> each.getKey() + "=" + each.getValue().value()).toList();
    }
  }

  @Test
  default void anEntryIsGoneAtItsInstant() {
    ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    try (Database db = Database.open(medium(), options().withClock(clock))) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      store.create("mortal", 1, Ttl.ofSeconds(60));
      store.create("immortal", 2);
      clock.advance(Duration.ofMillis(59_999));
      assertThat(store.read("mortal").orElseThrow().expires())
          .contains(Instant.parse("2026-01-01T00:01:00Z"));
      clock.advance(Duration.ofMillis(1));
      assertThat(store.read("mortal")).isEmpty();
      assertThat(store.contains("mortal")).isFalse();
      assertThat(store.size()).isEqualTo(1);
      assertThat(texts(store.entries())).containsExactly("immortal=2");
      assertThatExceptionOfType(DatabaseException.Missing.class)
          .isThrownBy(() -> store.update("mortal", 3));
      store.create("mortal", 4, Ttl.ofSeconds(60));
      clock.advance(Duration.ofSeconds(30));
      store.update("mortal", 5, Ttl.ofSeconds(60));
      clock.advance(Duration.ofSeconds(59));
      assertThat(store.read("mortal").orElseThrow().value()).isEqualTo(5);
    }
  }

  @Test
  default void entriesComeInTheOrderOfTheirKeysAsTheyWere() {
    try (Database db = Database.open(medium(), options())) {
      Store<Integer, String> store = db.store("store", Integer.class, String.class);
      for (int key : List.of(5, -1, 300, 0, 7)) {
        store.put(key, "value " + key);
      }
      try (var entries = store.entries()) {
        store.put(6, "later");
        assertThat(entries.map(java.util.Map.Entry::getKey)).containsExactly(-1, 0, 5, 7, 300);
      }
      try (var range = store.range(0, 7)) {
        assertThat(range.map(java.util.Map.Entry::getKey)).containsExactly(0, 5, 6);
      }
    }
  }

  @Test
  default void aValueOfOneMebibyteIsAValue() {
    try (Database db = Database.open(medium(), options())) {
      Store<String, String> store = db.store("store", String.class, String.class);
      String large = "x".repeat(1 << 20);
      store.create("large", large);
      store.create("small", "y");
      assertThat(store.read("large").orElseThrow().value().equals(large)).isTrue();
      assertThat(store.read("small").orElseThrow().value()).isEqualTo("y");
    }
  }

  @Test
  default void eightThreadsModifyOneEntryAndLoseNoChange() throws Exception {
    try (Database db = Database.open(medium(), options());
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      store.create("count", 0);
      List<Future<?>> threads =
          Stream.<Future<?>>generate(() ->
                  executor.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                      store.modify("count", count -> count + 1);
                    }
                  }))
              .limit(8)
              .toList();
      for (Future<?> thread : threads) {
        thread.get();
      }
      assertThat(store.read("count").orElseThrow().value()).isEqualTo(400);
    }
  }

  @Test
  default void changesAreFollowedInTheirOrder() {
    try (Database db = Database.open(medium(), options())) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      try (ChangeFeed<String, Integer> feed = store.changes(0)) {
        assertThat(feed.poll(Duration.ZERO)).isEmpty();
        long sequence = store.create("a", 1).result();
        Optional<Change<String, Integer>> first = feed.poll(Duration.ofSeconds(5));
        assertThat(first.orElseThrow().sequence()).isEqualTo(sequence);
        store.batch(batch -> batch.put("b", 2).put("a", 3));
        store.delete("b");
        assertThat(ChangeTexts.all(feed)).containsExactly("PUT b=2", "PUT a=3", "DELETED b");
        assertThat(ChangeTexts.all(store, sequence))
            .containsExactly("PUT b=2", "PUT a=3", "DELETED b");
      }
    }
  }

  @Test
  default void aStoreIsWhatASortedMapWouldBe() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    TreeMap<Integer, Integer> model = new TreeMap<>();
    try (Database db = Database.open(medium(), options())) {
      Store<Integer, Integer> store = db.store("store", Integer.class, Integer.class);
      for (int i = 0; i < 500; i++) {
        int key = random.nextInt(200);
        if (random.nextInt(3) > 0) {
          store.put(key, i);
          model.put(key, i);
        } else if (model.remove(key) != null) {
          store.delete(key);
        }
        assertThat(store.contains(key)).isEqualTo(model.containsKey(key));
      }
      try (var entries = store.entries()) {
        assertThat(entries.map(each -> java.util.Map.entry(each.getKey(), each.getValue().value())))
            .containsExactlyElementsOf(model.entrySet());
      }
    }
  }
}
