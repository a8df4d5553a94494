package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation of a store: what it answers, what it refuses and in which words. */
class StoreTest {
  @TempDir Path temporary;

  record Animal(String name, int age) {}

  private static final Animal TIGER = new Animal("Tiger", 4);
  private static final Animal LYNX = new Animal("Lynx", 2);

  private final AtomicLong clock = new AtomicLong(1_000_000);
  private Database db;
  private Store<String, Animal> store;

  @BeforeEach
  void open() {
    db =
        Database.open(
            temporary.resolve("data"),
            Options.DEFAULTS.withClock(() -> Instant.ofEpochMilli(clock.get())));
    store = db.store("animals", String.class, Animal.class);
  }

  @AfterEach
  void close() {
    db.close();
  }

  private void reopen() {
    close();
    open();
  }

  private static void assertRefused(
      ThrowingCallable call, Class<? extends DatabaseException> reason, String message) {
    assertThatThrownBy(call).isExactlyInstanceOf(reason).hasMessage(message);
  }

  private Entry<Animal> entry(String key) {
    return store.read(key).orElseThrow();
  }

  @Test
  void aCreatedEntryIsReadWithItsTimesAndTheSequenceOfItsReceipt() {
    Receipt<Long> receipt = store.create("tiger", TIGER);
    Instant now = Instant.ofEpochMilli(clock.get());
    Entry<Animal> expected = new Entry<>(TIGER, now, now, Optional.empty(), receipt.result());
    assertThat(store.read("tiger")).contains(expected);
    assertThat(store.contains("tiger")).isTrue();
    assertThat(store.contains("lynx")).isFalse();
    assertThat(store.read("lynx")).isEmpty();
    assertThat(receipt.durability()).isEqualTo(Durability.SYNC);
    assertThat(receipt.position()).isEqualTo(store.sequence()).isGreaterThan(receipt.result());
    assertThat(store.name()).isEqualTo("animals");
    reopen();
    assertThat(store.read("tiger")).contains(expected);
    assertThat(store.size()).isEqualTo(1);
  }

  @Test
  void whatCannotBeDoneIsSaidInOneLineAndChangesNothing() {
    store.create("tiger", TIGER);
    long sequence = entry("tiger").sequence();
    assertRefused(
        () -> store.create("tiger", LYNX),
        DatabaseException.AlreadyExists.class,
        "store animals has an entry at tiger already");
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> store.update("lynx", LYNX),
            () -> store.update("lynx", LYNX, Ttl.ofSeconds(1)),
            () -> store.delete("lynx"),
            () -> store.compareAndSet("lynx", sequence, LYNX),
            () -> store.compareAndDelete("lynx", sequence),
            () -> store.modify("lynx", animal -> animal))) {
      assertRefused(call, DatabaseException.Missing.class, "store animals has no entry at lynx");
    }
    String conflict =
        "the entry of store animals at tiger was written meanwhile: it has sequence "
            + sequence
            + ", not 1";
    assertRefused(
        () -> store.compareAndSet("tiger", 1, LYNX), DatabaseException.Conflict.class, conflict);
    assertRefused(
        () -> store.compareAndDelete("tiger", 1), DatabaseException.Conflict.class, conflict);
    assertThat(entry("tiger").value()).isEqualTo(TIGER);
    assertThat(store.size()).isEqualTo(1);
    assertThatThrownBy(() -> store.batch(_ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a batch of store animals has no changes");
  }

  @Test
  void aMessageStaysOnOneLineWhateverTheKeyHolds() {
    assertThatThrownBy(() -> store.delete("a\nb\r\u0085\u2028c\0" + "x".repeat(200)))
        .hasMessageMatching("store animals has no entry at [^\\v\\p{Cc}]*…");
  }

  @Test
  void updatesKeepTheTimeOfCreationAndTheTimeToLiveAndPutsClearTheLatter() {
    store.create("tiger", TIGER, Ttl.ofSeconds(60));
    Instant created = Instant.ofEpochMilli(clock.get());
    Optional<Instant> expires = Optional.of(created.plusSeconds(60));
    clock.addAndGet(1_000);
    store.update("tiger", LYNX);
    assertThat(entry("tiger").expires()).isEqualTo(expires);
    assertThat(entry("tiger").created()).isEqualTo(created);
    assertThat(entry("tiger").written()).isEqualTo(created.plusSeconds(1));
    store.compareAndSet("tiger", entry("tiger").sequence(), TIGER);
    assertThat(entry("tiger").expires()).isEqualTo(expires);
    store.modify("tiger", animal -> new Animal(animal.name(), 5));
    assertThat(entry("tiger").expires()).isEqualTo(expires);
    assertThat(entry("tiger").value().age()).isEqualTo(5);
    store.update("tiger", TIGER, Ttl.ofSeconds(5));
    assertThat(entry("tiger").expires()).contains(created.plusSeconds(6));
    store.put("tiger", TIGER);
    assertThat(entry("tiger").expires()).isEmpty();
    assertThat(entry("tiger").created()).isEqualTo(created);
    store.put("tiger", TIGER, Ttl.ofSeconds(7));
    assertThat(entry("tiger").expires()).contains(created.plusSeconds(8));
    store.update("tiger", TIGER, Ttl.forever());
    assertThat(entry("tiger").expires()).isEmpty();
    reopen();
    assertThat(entry("tiger").expires()).isEmpty();
    assertThat(entry("tiger").created()).isEqualTo(created);
  }

  @Test
  void sequencesGrowWithEachChangeAndTellVersionsApart() {
    List<Long> sequences = new ArrayList<>();
    sequences.add(store.create("a", TIGER).result());
    sequences.add(store.put("b", TIGER).result());
    sequences.add(store.update("a", LYNX).result());
    sequences.add(store.compareAndSet("b", sequences.get(1), LYNX).result());
    sequences.add(store.batch(batch -> batch.put("a", TIGER).delete("b")).result());
    sequences.add(store.modify("a", _ -> LYNX).result());
    sequences.add(store.compareAndDelete("a", sequences.getLast()).result());
    assertThat(sequences).isSorted().doesNotHaveDuplicates();
    assertThat(store.size()).isZero();
  }

  @Test
  void compareAndSetStillKnowsTheVersionAfterCompactionAndReopening() {
    long sequence = store.create("a", TIGER).result();
    for (int round = 0; round < 3; round++) {
      store.compact();
      assertThat(entry("a").sequence()).isEqualTo(sequence);
      assertThatThrownBy(() -> store.compareAndSet("a", 5, LYNX))
          .isInstanceOf(DatabaseException.Conflict.class)
          .hasMessageContaining("it has sequence " + sequence);
      reopen();
    }
    sequence = store.compareAndSet("a", sequence, LYNX).result();
    store.compact();
    store.compareAndDelete("a", sequence);
    assertThat(store.contains("a")).isFalse();
  }

  @Test
  void theChangesOfABatchAreMadeOnTheGroundOfThoseBefore() {
    store.put("old", LYNX);
    long last =
        store
            .batch(batch ->
                batch
                    .create("new", LYNX)
                    .update("new", TIGER)
                    .delete("old")
                    .create("old", TIGER, Ttl.ofSeconds(9))
                    .update("old", LYNX)
                    .put("gone", LYNX)
                    .delete("gone"))
            .result();
    assertThat(entry("new").value()).isEqualTo(TIGER);
    assertThat(entry("old").value()).isEqualTo(LYNX);
    assertThat(entry("old").expires()).isPresent();
    assertThat(store.contains("gone")).isFalse();
    assertThat(last).isGreaterThan(entry("old").sequence());
    IndexCheck.check(store);
  }

  @Test
  void aBatchOfWhichOneChangeCannotBeMadeMakesNone() {
    store.put("a", TIGER);
    Map<Consumer<StoreBatch<String, Animal>>, Class<? extends DatabaseException>> refused =
        Map.of(
            batch -> batch.delete("a").delete("a"), DatabaseException.Missing.class,
            batch -> batch.put("b", LYNX).create("b", LYNX), DatabaseException.AlreadyExists.class,
            batch -> batch.delete("a").update("a", LYNX), DatabaseException.Missing.class,
            batch -> batch.put("a", LYNX).compareAndSet("a", 3, LYNX),
                DatabaseException.Conflict.class,
            batch -> batch.put("b", LYNX).compareAndDelete("a", 3),
                DatabaseException.Conflict.class);
    refused.forEach((changes, reason) -> {
      assertThatThrownBy(() -> store.batch(changes)).isExactlyInstanceOf(reason);
      assertThatThrownBy(() -> store.async().batch(changes).join())
          .hasCauseExactlyInstanceOf(reason);
    });
    assertThat(store.keys()).containsExactly("a");
    assertThat(entry("a").value()).isEqualTo(TIGER);
  }

  @Test
  void anExceptionFromTheCallersOwnCodeChangesNothing() {
    store.put("a", TIGER);
    IllegalStateException mine = new IllegalStateException("mine");
    assertThatThrownBy(() ->
            store.batch(batch -> {
              batch.delete("a");
              throw mine;
            }))
        .isSameAs(mine);
    assertThatThrownBy(() ->
            store.modify(
                "a",
                _ -> {
                  throw mine;
                }))
        .isSameAs(mine);
    assertThat(entry("a").value()).isEqualTo(TIGER);
  }

  @Test
  void writesThatNobodyWaitsForAnswerAlikeAndKeepTheirOrder() {
    AsyncStore<String, Animal> async = store.async();
    List<CompletableFuture<Receipt<Long>>> done =
        List.of(
            async.create("a", TIGER),
            async.update("a", LYNX),
            async.put("b", TIGER),
            async.create("c", TIGER, Ttl.ofSeconds(5)),
            async.update("c", LYNX, Ttl.ofSeconds(6)),
            async.put("d", LYNX, Ttl.ofSeconds(7)),
            async.delete("b"),
            async.batch(batch -> batch.create("b", LYNX).delete("d")));
    List<Long> sequences = done.stream().map(each -> each.join().result()).toList();
    assertThat(sequences).isSorted().doesNotHaveDuplicates();
    assertThat(store.keys()).containsExactly("a", "b", "c");
    async.compareAndSet("a", entry("a").sequence(), TIGER).join();
    async.compareAndDelete("a", entry("a").sequence()).join();
    assertThatThrownBy(() -> async.delete("a").join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(DatabaseException.Missing.class);
    assertThat(async.create("x".repeat(2_000), TIGER)).isCompletedExceptionally();
  }

  @Test
  void ofManyCompareAndSetsOfOneVersionOneWinsAndTheOthersAreConflicts() {
    for (int round = 0; round < 50; round++) {
      long sequence = store.put("a", TIGER).result();
      List<CompletableFuture<Receipt<Long>>> attempts = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        attempts.add(store.async().compareAndSet("a", sequence, new Animal("x", i)));
      }
      long won = 0;
      for (CompletableFuture<Receipt<Long>> attempt : attempts) {
        Throwable failure = attempt.handle((_, e) -> e).join();
        won += failure == null ? 1 : 0;
        if (failure != null) {
          assertThat(failure).hasCauseExactlyInstanceOf(DatabaseException.Conflict.class);
        }
      }
      assertThat(won).isEqualTo(1);
    }
  }

  @Test
  void aScanSeesOneMomentWhateverIsWrittenAndCompactedMeanwhile() {
    for (int i = 0; i < 2_000; i++) {
      var _ = store.async().put("k%04d".formatted(i), new Animal("a".repeat(100), i));
    }
    store.put("k0000", new Animal("a", 0));
    try (Stream<Map.Entry<String, Entry<Animal>>> scan = store.entries()) {
      var iterator = scan.iterator();
      assertThat(iterator.next().getKey()).isEqualTo("k0000");
      for (int i = 0; i < 2_000; i++) {
        var _ = store.async().put("k%04d".formatted(i), LYNX);
      }
      store.delete("k1999");
      assertThat(store.compact()).isPositive();
      for (int i = 1; i < 2_000; i++) {
        assertThat(iterator.next().getValue().value().age()).isEqualTo(i);
      }
      assertThat(iterator.hasNext()).isFalse();
    }
    assertThat(store.size()).isEqualTo(1_999);
    IndexCheck.check(store);
  }

  @Test
  void everythingIsRefusedOnceTheDatabaseIsClosed() {
    store.put("a", TIGER);
    db.close();
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> store.put("a", LYNX),
            () -> store.read("a"),
            () -> store.contains("a"),
            store::size,
            store::sequence,
            store::entries,
            store::keys,
            store::compact,
            () -> store.changes(0).poll(Duration.ZERO),
            () -> db.store("animals", String.class, Animal.class))) {
      assertThatThrownBy(call).isInstanceOf(DatabaseException.Closed.class);
    }
    assertThatThrownBy(() -> store.async().put("a", LYNX).join())
        .hasCauseInstanceOf(DatabaseException.Closed.class);
  }
}
