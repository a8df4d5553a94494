package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Times to live, clocks that jump, sweeping, and values that are kept in memory. */
class StoreTimeTest {
  @TempDir Path temporary;

  private final AtomicLong clock = new AtomicLong(1_000_000);

  private Database open() {
    return Database.open(
        temporary.resolve("data"),
        Options.DEFAULTS.withClock(() -> Instant.ofEpochMilli(clock.get())));
  }

  private static Store<String, String> store(Database db) {
    return db.store("texts", String.class, String.class);
  }

  private static List<String> scanned(Store<String, String> store) {
    try (Stream<Map.Entry<String, Entry<String>>> entries = store.entries()) {
      return entries.map(Map.Entry::getKey).toList();
    }
  }

  @Test
  void aTimeToLiveIsFromOneMillisecondToAHundredYears() {
    assertThat(Ttl.of(Duration.ofMillis(1)).duration()).isEqualTo(Duration.ofMillis(1));
    assertThat(Ttl.of(Duration.ofDays(36_525))).isNotEqualTo(Ttl.forever());
    for (Duration wrong :
        List.of(
            Duration.ZERO,
            Duration.ofNanos(999_999),
            Duration.ofMillis(-1),
            Duration.ofDays(36_525).plusNanos(1),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> Ttl.of(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not between 1 ms and 36525 days");
    }
    assertThatThrownBy(() -> Ttl.ofSeconds(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEntryIsGoneForEveryReaderAtItsVeryInstant() {
    try (Database db = open()) {
      Store<String, String> store = store(db);
      store.put("a", "1", Ttl.of(Duration.ofMillis(100)));
      store.put("b", "2");
      clock.addAndGet(99);
      assertThat(store.read("a")).isPresent();
      assertThat(store.size()).isEqualTo(2);
      clock.addAndGet(1);
      assertThat(store.read("a")).isEmpty();
      assertThat(store.contains("a")).isFalse();
      assertThat(store.size()).isEqualTo(1);
      assertThat(store.keys()).containsExactly("b");
      assertThat(scanned(store)).containsExactly("b");
      assertThatThrownBy(() -> store.update("a", "3"))
          .isInstanceOf(DatabaseException.Missing.class);
      store.create("a", "3");
      assertThat(store.read("a").orElseThrow().created().toEpochMilli()).isEqualTo(clock.get());
    }
  }

  @Test
  void whatIsOverBeforeItIsWrittenIsRefusedAndChangesNothing() {
    try (Database db = open()) {
      Store<String, String> store = store(db);
      assertThatThrownBy(() ->
              store.batch(batch -> {
                batch.put("b", "1").put("a", "2", Ttl.of(Duration.ofMillis(100)));
                clock.addAndGet(100);
                store.put("c", "3"); // somebody's who is faster
              }))
          .isInstanceOf(DatabaseException.Expired.class)
          .hasMessage(
              "the time to live of the entry at a was over before it could be written to store"
                  + " texts");
      assertThat(store.keys()).containsExactly("c");
    }
  }

  @Test
  void aClockThatGoesBackBringsNothingBackAndKeepsTheOrderOfTimes() {
    try (Database db = open()) {
      Store<String, String> store = store(db);
      store.put("a", "1", Ttl.of(Duration.ofMillis(100)));
      clock.addAndGet(100);
      store.put("b", "2");
      clock.addAndGet(-1_000_000);
      assertThat(store.read("a")).isEmpty();
      assertThat(scanned(store)).containsExactly("b");
      store.put("c", "3");
      assertThat(store.read("c").orElseThrow().written())
          .isEqualTo(store.read("b").orElseThrow().written());
    }
    try (Database db = open()) {
      Store<String, String> store = store(db);
      assertThat(store.read("a")).isEmpty();
      assertThat(scanned(store)).containsExactly("b", "c");
      assertThat(store.size()).isEqualTo(2);
    }
  }

  @Test
  void aProcessWhoseClockIsBehindAgreesOnWhatIsGone() {
    Instant start = Instant.ofEpochMilli(clock.get());
    Options behind = Options.DEFAULTS.withClock(() -> start);
    try (Database db = open();
        Database other = Database.open(temporary.resolve("data"), behind)) {
      Store<String, String> late = store(other);
      store(db).put("a", "1", Ttl.of(Duration.ofMillis(100)));
      clock.addAndGet(100);
      store(db).put("b", "2");
      late.create("a", "3");
      assertThat(late.read("a").orElseThrow().created()).isEqualTo(start.plusMillis(100));
    }
  }

  @Test
  void aProcessWhoseClockIsFarBehindWritesWhatLivesForAShortTime() {
    Instant start = Instant.ofEpochMilli(clock.get());
    Options behind = Options.DEFAULTS.withClock(() -> start);
    try (Database db = open();
        Database other = Database.open(temporary.resolve("data"), behind)) {
      Store<String, String> late = store(other);
      clock.addAndGet(60_000);
      store(db).put("a", "1");
      assertThat(late.read("a")).isPresent();
      late.put("b", "2", Ttl.ofSeconds(1));
      assertThat(late.read("b").orElseThrow().expires()).contains(start.plusMillis(61_000));
    }
  }

  @Test
  void anEntryLivesItsFullTimeAlsoWhenTheClockHasGoneBackSinceTheLastOpening() {
    try (Database db = open()) {
      store(db).put("a", "1");
    }
    clock.addAndGet(-500_000);
    try (Database db = open()) {
      Store<String, String> store = store(db);
      store.put("b", "2", Ttl.ofSeconds(60));
      Entry<String> entry = store.read("b").orElseThrow();
      assertThat(entry.expires()).contains(entry.written().plusSeconds(60));
    }
  }

  @Test
  void whatIsExpiredIsSweptFromDiskAndToldToFollowers() {
    try (Database db = open();
        ChangeFeed<String, String> changes = store(db).changes(0)) {
      Store<String, String> store = store(db);
      store.put("a", "1", Ttl.ofSeconds(1));
      store.put("b", "2");
      clock.addAndGet(1_000);
      await().atMost(Duration.ofSeconds(20)).until(() -> store.partition().state().size() == 1);
      assertThat(store.partition().state().mortal()).isZero();
      assertThat(changes.poll(Duration.ZERO).orElseThrow().kind()).isEqualTo(Change.Kind.PUT);
      assertThat(changes.poll(Duration.ZERO).orElseThrow().key()).isEqualTo("b");
      Change<String, String> expired = changes.poll(Duration.ZERO).orElseThrow();
      assertThat(expired.kind()).isEqualTo(Change.Kind.EXPIRED);
      assertThat(expired.key()).isEqualTo("a");
      assertThat(expired.entry()).isEmpty();
      assertThat(expired.at().toEpochMilli()).isEqualTo(clock.get());
      IndexCheck.check(store);
    }
  }

  @Test
  void compactionLeavesOutWhatIsExpired() {
    try (Database db = open()) {
      Store<String, String> store = store(db);
      for (int i = 0; i < 50; i++) {
        store.put("k" + i, "x".repeat(10_000), Ttl.ofSeconds(1));
      }
      store.put("b", "2");
      clock.addAndGet(2_000);
      store.compact();
      store.compact();
      assertThat(store.partition().journal().end() - store.partition().journal().first())
          .isLessThan(100_000);
      assertThat(scanned(store)).containsExactly("b");
      IndexCheck.check(store);
    }
    try (Database db = open()) {
      assertThat(scanned(store(db))).containsExactly("b");
    }
  }

  record Blob(byte[] bytes) {}

  record Tags(List<String> tags, Map<String, List<Integer>> numbers) {}

  @Test
  void aValueThatOneReaderChangesIsNotWhatTheNextOneGets() {
    try (Database db = open()) {
      Store<String, Blob> blobs = db.store("blobs", String.class, Blob.class);
      byte[] mine = {1, 2, 3};
      blobs.put("a", new Blob(mine));
      mine[0] = 9;
      blobs.read("a").orElseThrow().value().bytes()[1] = 9;
      assertThat(blobs.read("a").orElseThrow().value().bytes()).containsExactly(1, 2, 3);

      Store<String, byte[]> plain = db.store("plain", String.class, byte[].class);
      plain.put("a", new byte[] {1});
      plain.read("a").orElseThrow().value()[0] = 9;
      assertThat(plain.read("a").orElseThrow().value()).containsExactly(1);
    }
  }

  @Test
  void whatIsKeptInMemoryIsOneObjectThatNobodyCanChange() {
    try (Database db = open()) {
      Store<String, Tags> store = db.store("tags", String.class, Tags.class);
      store.put("a", new Tags(List.of("x"), Map.of("n", List.of(1))));
      Tags tags = store.read("a").orElseThrow().value();
      assertThat(store.read("a").orElseThrow().value()).isSameAs(tags);
      assertThatThrownBy(() -> tags.tags().add("y"))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> tags.numbers().put("m", List.of()))
          .isInstanceOf(UnsupportedOperationException.class);
      store.put("a", new Tags(List.of(), Map.of()));
      assertThat(store.read("a").orElseThrow().value().tags()).isEmpty();
      store.compact();
      assertThat(store.read("a").orElseThrow().value().tags()).isEmpty();
    }
  }
}
