package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.ChangeFeed;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.Log;
import dev.espora.db.Partition;
import dev.espora.db.PartitionKind;
import dev.espora.db.StateMachine;
import dev.espora.db.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a medium must do that several openings share at a time. */
public interface SharingContract extends MediumUnderTest {

  @Test
  default void whatOneAcknowledgedTheOtherReadsAtOnce() {
    try (Database one = Database.open(medium(), options());
        Database two = Database.open(peer(), options())) {
      List<Database> both = List.of(one, two);
      for (int i = 0; i < 300; i++) {
        Database writer = both.get(i % 2);
        Database reader = both.get((i + 1) % 2);
        writer.partition("tally", new Tally()).submit(new Tally.Add(List.of(1L)));
        assertThat(reader.partition("tally", new Tally()).state().sum()).isEqualTo(i + 1);
        writer.log("log", Integer.class).append(i);
        try (var rows = reader.log("log", Integer.class).rowsReversed()) {
          assertThat(rows.findFirst()).contains(i);
        }
        store(writer).put("key " + i % 10, i);
        assertThat(store(reader).read("key " + i % 10).orElseThrow().value()).isEqualTo(i);
      }
    }
  }

  private static Store<String, Integer> store(Database db) {
    return db.store("store", String.class, Integer.class);
  }

  @Test
  default void threadsOfBothGetOneOrder() throws Exception {
    threadsOfBothGetOneOrder(new Tally());
  }

  @Test
  default void threadsOfBothGetOneOrderWhereCommandsTravel() throws Exception {
    threadsOfBothGetOneOrder(new TravellingTally());
  }

  private void threadsOfBothGetOneOrder(
      StateMachine<Tally.Total, Tally.Add, Tally.Added, Long> machine) throws Exception {
    int times = 300;
    try (Database one = Database.open(medium(), options());
        Database two = Database.open(peer(), options())) {
      List<Partition<Tally.Total, Tally.Add, Long>> tallies = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        tallies.add((i % 2 == 0 ? one : two).partition("tally", machine));
      }
      List<List<Long>> sums = Submitters.addOnes(tallies, times);
      assertThat(sums).allSatisfy(each -> assertThat(each).isSorted());
      assertThat(sums.stream().flatMap(List::stream).sorted())
          .as("each command was acknowledged once")
          .isEqualTo(LongStream.rangeClosed(1, 8L * times).boxed().toList());
      assertThat(tallies.get(0).state()).isEqualTo(tallies.get(1).state());
    }
  }

  @Test
  default void whatACommandIsRefusedForReachesItsCallerWhereCommandsTravel() {
    try (Database one = Database.open(medium(), options());
        Database two = Database.open(peer(), options())) {
      for (Database each : List.of(one, two)) {
        var tally = each.partition("tally", new TravellingTally());
        var good = tally.submitAsync(new Tally.Add(List.of(1L)));
        var empty = tally.submitAsync(new Tally.Add(List.of()));
        var large = tally.submitAsync(new Tally.Add(Collections.nCopies(20_000, 1L)));
        var negative = tally.submitAsync(new Tally.Add(List.of(-100L)));
        assertThat(good.join().result()).isPositive();
        assertThat(negative.join().result()).isEqualTo(-1);
        assertThatThrownBy(empty::join).hasMessageContaining("nothing is to be added");
        assertThatThrownBy(large::join)
            .hasCauseInstanceOf(DatabaseException.LimitExceeded.class)
            .hasMessageContaining("20000");
      }
      assertThat(one.partition("tally", new TravellingTally()).state().sum()).isEqualTo(2);
    }
  }

  @Test
  default void changesOfTheOtherAreFollowed() {
    try (Database one = Database.open(medium(), options());
        Database two = Database.open(peer(), options());
        ChangeFeed<String, Integer> feed = store(one).changes(0)) {
      store(two).create("a", 1);
      store(two).delete("a");
      assertThat(ChangeTexts.all(feed)).containsExactly("PUT a=1", "DELETED a");
    }
  }

  @Test
  default void theOneCompactsWhileTheOtherReads() {
    try (Database one = Database.open(medium(), options());
        Database two = Database.open(peer(), options())) {
      Store<String, Integer> here = store(one);
      Store<String, Integer> there = store(two);
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
          here.put("key " + i, 100 * round + i);
        }
        here.compact();
        for (int i = 0; i < 100; i++) {
          assertThat(there.read("key " + i).orElseThrow().value()).isEqualTo(100 * round + i);
        }
      }
    }
  }

  @Test
  default void aLaterOpeningFindsWhatIsThere() {
    try (Database one = Database.open(medium(), options())) {
      Log<String> log = one.log("log", String.class);
      log.append("a");
      try (Database two = Database.open(peer(), options())) {
        two.log("log", String.class).append("b");
      }
      log.append("c");
      try (var rows = log.rows()) {
        assertThat(rows).containsExactly("a", "b", "c");
      }
    }
  }

  @Test
  default void oneAtATimeHasTheLock() {
    try (OpenMedium first = new OpenMedium(medium(), options());
        OpenMedium second = new OpenMedium(peer(), options())) {
      Journal one = first.texts().journal();
      Journal two = second.texts().journal();
      assertThat(one.tryLock()).isTrue();
      assertThat(two.tryLock()).isFalse();
      assertThat(two.holder()).isNotBlank();
      one.unlock();
      assertThat(two.tryLock()).isTrue();
      assertThat(one.tryLock()).isFalse();
      two.unlock();
    }
  }

  @Test
  default void oneAtATimeOfBothHasTheRightToCompact() {
    try (OpenMedium first = new OpenMedium(medium(), options());
        OpenMedium second = new OpenMedium(peer(), options())) {
      Journal one = first.texts("entries", PartitionKind.STORE).journal();
      Journal two = second.texts("entries", PartitionKind.STORE).journal();
      for (int round = 0; round < 2; round++) {
        try (Journal.Upkeep right = one.tryUpkeep()) {
          assertThat(right).isNotNull();
          assertThat(two.tryUpkeep()).isNull();
        }
        try (Journal.Upkeep right = two.tryUpkeep()) {
          assertThat(right).isNotNull();
        }
      }
    }
  }

  @Test
  default void batchesOfTheOtherComeWholeAndInOrder() {
    try (OpenMedium first = new OpenMedium(medium(), options());
        OpenMedium second = new OpenMedium(peer(), options())) {
      TextJournal one = first.texts();
      TextJournal two = second.texts();
      List<List<Row>> written = List.of(one.append("a", "b"), one.append("c"));
      assertThat(two.journal().end()).isEqualTo(one.journal().end());
      assertThat(two.journal().cursor().position()).isEqualTo(two.journal().first());
      assertThat(two.replay()).isEqualTo(written);
      List<Row> answer = two.append("d", "e");
      assertThat(one.replay()).containsExactly(answer);
      assertThat(one.rows()).isEqualTo(two.rows()).hasSize(5);
      assertThat(one.journal().cursor().sequence()).isEqualTo(5);
    }
  }
}
