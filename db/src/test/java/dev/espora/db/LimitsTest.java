package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each limit where it is reached and one beyond. */
class LimitsTest {
  @TempDir Path temporary;

  private Database open(Limits limits) {
    return Database.open(
        temporary.resolve("data"),
        Options.DEFAULTS.withLimits(limits).withClock(() -> Instant.EPOCH)); // equal sizes
  }

  private static Store<String, byte[]> store(Database db) {
    return db.store("blobs", String.class, byte[].class);
  }

  private static void assertBeyond(Callable<?> call, String message) {
    assertThatThrownBy(call::call)
        .isInstanceOf(DatabaseException.LimitExceeded.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void aKeyOfOneKibibyteIsTheLongest() {
    try (Database db = open(Limits.DEFAULTS)) {
      Store<String, byte[]> store = store(db);
      String longest = "é".repeat(511); // two bytes each, and two of length in front
      store.put(longest, new byte[0]);
      assertThat(store.contains(longest)).isTrue();
      String longer = longest + "x";
      for (Callable<?> call :
          List.<Callable<?>>of(
              () -> store.put(longer, new byte[0]),
              () -> store.read(longer),
              () -> store.contains(longer),
              () -> store.delete(longer),
              () -> store.range("", longer),
              () -> store.batch(batch -> batch.put("a", new byte[0]).delete(longer)))) {
        assertBeyond(call, "a key of 1025 bytes is beyond the limit of 1024 in store blobs");
      }
      assertThat(store.size()).isEqualTo(1);
    }
  }

  @Test
  void aValueOfSixteenMebibytesIsTheLongest() {
    try (Database db = open(Limits.DEFAULTS)) {
      Store<String, byte[]> store = store(db);
      byte[] longest = new byte[(16 << 20) - 4]; // behind four bytes of length
      longest[longest.length - 1] = 7;
      store.put("k".repeat(1_000), longest);
      assertThat(store.read("k".repeat(1_000)).orElseThrow().value()).isEqualTo(longest);
      assertBeyond(
          () -> store.put("a", new byte[longest.length + 1]),
          "a value of 16777217 bytes is beyond the limit of 16777216 in store blobs");
      store.compact();
      assertThat(store.read("k".repeat(1_000)).orElseThrow().value()).isEqualTo(longest);
      assertThat(store.size()).isEqualTo(1);
    }
    try (Database db = open(Limits.DEFAULTS)) {
      assertThat(store(db).read("k".repeat(1_000)).orElseThrow().value()).hasSize((16 << 20) - 4);
    }
  }

  private static Consumer<StoreBatch<String, byte[]>> entries(int count, int bytes) {
    return batch -> {
      for (int i = 0; i < count; i++) {
        batch.put("%05d".formatted(i), new byte[bytes]);
      }
    };
  }

  @Test
  void aBatchHasTenThousandEntriesOrSixteenMebibytes() {
    try (Database db = open(Limits.DEFAULTS)) {
      Store<String, byte[]> store = store(db);
      store.batch(entries(10_000, 0));
      assertThat(store.size()).isEqualTo(10_000);
      assertBeyond(
          () -> store.batch(entries(10_001, 0)),
          "a batch of more than 10000 entries is beyond the limit in store blobs");
      int half = (8 << 20) - 4 - 6; // with their keys, six bytes each
      store.batch(batch -> batch.put("aaaaa", new byte[half]).put("bbbbb", new byte[half]));
      assertBeyond(
          () ->
              store.batch(
                  batch -> batch.put("aaaaa", new byte[half]).put("bbbbb", new byte[half + 1])),
          "a batch of 16777217 bytes is beyond the limit of 16777216 in store blobs");
      assertThat(store.size()).isEqualTo(10_002);
    }
  }

  @Test
  void whatIsBeyondALimitIsNotInTheBatchOfACallerWhoGoesOn() {
    Limits limits = Limits.DEFAULTS.withBatch(2, 20);
    try (Database db = open(limits)) {
      Store<String, byte[]> store = store(db);
      store.batch(batch -> {
        batch.put("a", new byte[5]);
        assertBeyond(() -> batch.put("b", new byte[50]), "beyond the limit of 20");
        batch.put("c", new byte[5]);
        assertBeyond(() -> batch.put("d", new byte[0]), "more than 2 entries");
        assertBeyond(() -> batch.delete("a"), "more than 2 entries");
      });
      assertThat(store.keys()).containsExactly("a", "c");
    }
  }

  @Test
  void aStoreHoldsAsManyBytesAsItMayAndDeletingMakesRoom() {
    try (Database db = open(Limits.DEFAULTS)) {
      store(db).put("a", new byte[100]);
    }
    long one;
    try (Database db = open(Limits.DEFAULTS)) {
      one = store(db).partition().state().liveBytes();
    }
    try (Database db = open(Limits.DEFAULTS.withStoreBytes(3 * one))) {
      Store<String, byte[]> store = store(db);
      store.put("b", new byte[100]);
      store.put("c", new byte[100]);
      assertThat(store.partition().state().liveBytes()).isEqualTo(3 * one);
      assertBeyond(
          () -> store.put("d", new byte[0]),
          "beyond its limit of " + 3 * one + ": delete entries or raise Limits.storeBytes");
      assertBeyond(() -> store.put("c", new byte[101]), "store blobs would hold " + (3 * one + 1));
      store.put("c", new byte[100]);
      store.put("c", new byte[99]);
      store.batch(batch -> batch.delete("a").put("d", new byte[100]));
      assertBeyond(
          () -> store.batch(batch -> batch.put("e", new byte[100]).delete("b")),
          "beyond its limit");
      store.compact();
      assertThat(store.keys()).containsExactly("b", "c", "d");
      store.delete("b");
      store.create("e", new byte[80]);
      IndexCheck.check(store);
    }
  }

  @Test
  void namesAreOneToSixtyFourOfFewCharacters() {
    try (Database db = open(Limits.DEFAULTS)) {
      db.store("a-z_09".repeat(10) + "wxyz", String.class, String.class).put("a", "b");
      for (String wrong :
          List.of("", "a".repeat(65), "A", "ä", "a.b", "../a", "a/b", "a\n", "a b", "\0", ".")) {
        assertThatThrownBy(() -> db.store(wrong, String.class, String.class))
            .isInstanceOf(DatabaseException.LimitExceeded.class);
      }
    }
  }

  @Test
  void aFullQueueRefusesAtOnceWhoeverDoesNotWait() {
    Limits limits = Limits.DEFAULTS.withQueue(3, Duration.ofMillis(1));
    try (Database db = Database.inMemory(Options.DEFAULTS.withLimits(limits))) {
      Store<String, byte[]> store = store(db);
      int refused = 0;
      int done = 0;
      for (int i = 0; i < 20_000; i++) {
        CompletableFuture<Receipt<Long>> future = store.async().put("a" + i, new byte[0]);
        if (i % 100 == 0) {
          try {
            future.join();
            done++;
          } catch (RuntimeException e) {
            assertThat(e).hasCauseInstanceOf(DatabaseException.Busy.class);
            assertThat(e).hasMessageContaining("has 3 commands waiting, its limit");
            refused++;
          }
        }
      }
      assertThat(done + refused).isEqualTo(200);
      assertThat(done).isPositive();
    }
  }

  @Test
  void limitsAndOptionsThatMakeNoSenseAreRefused() {
    Limits d = Limits.DEFAULTS;
    Duration second = Duration.ofSeconds(1);
    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> d.withKeyBytes(0),
            () -> d.withKeyBytes((16 << 10) + 1),
            () -> d.withValueBytes(0),
            () -> d.withValueBytes((255 << 20) + 1),
            () -> d.withBatch(0, 1),
            () -> d.withBatch(1, 0),
            () -> d.withStoreBytes(0),
            () -> d.withQueue(0, second),
            () -> d.withQueue(1, second.negated()),
            () -> d.withLockWait(second.negated()),
            () -> Options.DEFAULTS.withSlowCommit(Duration.ZERO),
            () -> Options.DEFAULTS.withSlowCommit(second.negated()),
            () -> Options.DEFAULTS.withCachedValues(-1),
            () -> Options.DEFAULTS.withCachedValues((1 << 24) + 1),
            () -> Durability.interval(Duration.ZERO),
            () -> Durability.interval(Duration.ofMinutes(2)),
            () -> Durability.parse("sometimes"))) {
      assertThatThrownBy(call::call)
          .isInstanceOf(IllegalArgumentException.class)
          .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n"));
    }
    assertThatCode(
            () -> {
              var _ = d.withKeyBytes(16 << 10).withValueBytes(255 << 20).withBatch(1, 1);
              var _ = d.withQueue(1, Duration.ZERO).withLockWait(Duration.ZERO).withStoreBytes(1);
              var _ = Options.DEFAULTS.withCachedValues(1 << 24).withCachedValues(0);
            })
        .doesNotThrowAnyException();
  }
}
