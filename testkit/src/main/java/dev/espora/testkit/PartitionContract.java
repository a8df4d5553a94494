package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Log;
import dev.espora.db.Partition;
import dev.espora.db.Receipt;
import dev.espora.db.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How partitions, and databases as a whole, behave on a medium. */
public interface PartitionContract extends MediumUnderTest {

  @Test
  default void commandsTakeEffectInTheirOrderAndRejectedOnesNot() {
    try (Database db = Database.open(medium(), options())) {
      Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
      Receipt<Long> first = tally.submit(new Tally.Add(List.of(5L)));
      assertThat(first.result()).isEqualTo(5);
      assertThat(first.durability()).isEqualTo(options().durability());
      Receipt<Long> rejected = tally.submit(new Tally.Add(List.of(-6L)));
      assertThat(rejected.result()).isEqualTo(-1);
      assertThat(rejected.position()).isEqualTo(first.position());
      Receipt<Long> last = tally.submit(new Tally.Add(List.of(-5L)));
      assertThat(last.position()).isGreaterThan(first.position());
      assertThat(tally.state()).isEqualTo(new Tally.Total(0, 2));
      assertThat(db.isPoisoned()).isFalse();
    }
  }

  @Test
  default void theEventsOfOneCommandAreWrittenAllOrNone() {
    try (Database db = Database.open(medium(), options())) {
      Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
      assertThat(tally.submit(new Tally.Add(List.of(1L, 2L, 3L))).result()).isEqualTo(6);
      assertThat(tally.submit(new Tally.Add(List.of(1L, 2L, -10L))).result()).isEqualTo(-1);
      assertThat(tally.state()).isEqualTo(new Tally.Total(6, 3));
    }
  }

  @Test
  default void aCommandThatThrowsFailsAlone() {
    try (Database db = Database.open(medium(), options())) {
      Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> tally.submit(new Tally.Add(List.of())))
          .withMessageContaining("nothing");
      assertThat(tally.submit(new Tally.Add(List.of(1L))).result()).isEqualTo(1);
    }
  }

  @Test
  default void eightThreadsGetOneOrder() throws Exception {
    int times = 500;
    try (Database db = Database.open(medium(), options())) {
      Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
      List<List<Long>> sums = Submitters.addOnes(Collections.nCopies(8, tally), times);
      assertThat(sums).allSatisfy(each -> assertThat(each).isSorted());
      assertThat(sums.stream().flatMap(List::stream).sorted())
          .as("each command was acknowledged once")
          .isEqualTo(LongStream.rangeClosed(1, 8L * times).boxed().toList());
      assertThat(tally.state()).isEqualTo(new Tally.Total(8L * times, 8L * times));
    }
  }

  @Test
  default void whatIsSubmittedWithoutWaitingTakesEffectInItsOrder() {
    try (Database db = Database.open(medium(), options())) {
      Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
      List<CompletableFuture<Receipt<Long>>> futures = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        futures.add(tally.submitAsync(new Tally.Add(List.of(1L))));
      }
      assertThat(futures.stream().map(each -> each.join().result()))
          .isEqualTo(LongStream.rangeClosed(1, 1000).boxed().toList());
    }
  }

  @Test
  default void manyPartitionsLiveSideBySide() {
    try (Database db = Database.open(medium(), options())) {
      List<Partition<Tally.Total, Tally.Add, Long>> tallies = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        tallies.add(db.partition("tally-" + i, new Tally()));
      }
      List<CompletableFuture<Receipt<Long>>> futures = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        futures.add(tallies.get(i).submitAsync(new Tally.Add(List.of((long) i))));
      }
      futures.forEach(CompletableFuture::join);
      for (int i = 0; i < 1000; i++) {
        assertThat(tallies.get(i).state().sum()).isEqualTo(i);
      }
    }
  }

  @Test
  default void aPartitionIsOfOneKindAndType() {
    try (Database db = Database.open(medium(), options())) {
      db.partition("tally", new Tally()).submit(new Tally.Add(List.of(1L)));
      assertThatExceptionOfType(DatabaseException.SchemaMismatch.class)
          .isThrownBy(() -> db.log("tally", String.class))
          .withMessageContaining("tally");
      assertThat(db.partition("tally", new Tally()).state().sum()).isEqualTo(1);
    }
  }

  @Test
  default void aClosedDatabaseRefusesEverything() {
    Database db = Database.open(medium(), options());
    Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
    Log<String> log = db.log("log", String.class);
    Store<String, Integer> store = db.store("store", String.class, Integer.class);
    store.create("a", 1);
    db.close();
    db.close();
    Map<String, Runnable> calls =
        Map.ofEntries(
            Map.entry("submit", () -> tally.submit(new Tally.Add(List.of(1L)))),
            Map.entry("state", tally::state),
            Map.entry("append", () -> log.append("row")),
            Map.entry("rows", log::rows),
            Map.entry("rowsReversed", log::rowsReversed),
            Map.entry("put", () -> store.put("a", 2)),
            Map.entry("read", () -> store.read("a")),
            Map.entry("entries", store::entries),
            Map.entry("compact", store::compact),
            Map.entry("changes", () -> store.changes(0)),
            Map.entry("log", () -> db.log("another", String.class)));
    calls.forEach((name, call) ->
        assertThatExceptionOfType(DatabaseException.Closed.class).as(name).isThrownBy(call::run));
    assertThat(tally.submitAsync(new Tally.Add(List.of(1L))))
        .failsWithin(Duration.ofSeconds(5))
        .withThrowableThat()
        .withCauseInstanceOf(DatabaseException.Closed.class);
  }

  @Test
  default void whatIsUnderWayWhenClosingIsFinished() {
    List<CompletableFuture<Receipt<Long>>> futures = new ArrayList<>();
    try (Database db = Database.open(medium(), options())) {
      Partition<Tally.Total, Tally.Add, Long> tally = db.partition("tally", new Tally());
      for (int i = 0; i < 200; i++) {
        futures.add(tally.submitAsync(new Tally.Add(List.of(1L))));
      }
    }
    assertThat(futures).allSatisfy(each -> assertThat(each.join().result()).isPositive());
  }
}
