package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Journal;
import dev.espora.db.Journal.EventScan;
import dev.espora.db.Journal.Point;
import dev.espora.db.PartitionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a {@link Journal} must do that nobody has written to before. */
public interface JournalContract extends MediumUnderTest {

  @Test
  default void aNewJournalIsEmpty() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Journal journal = open.journal("rows", PartitionKind.LOG, TextJournal.CODEC);
      assertThat(journal.rewind()).isNull();
      assertThat(journal.end()).isEqualTo(journal.first());
      assertThat(journal.cursor().position()).isEqualTo(journal.end());
      assertThat(journal.cursor().sequence()).isZero();
      assertThat(journal.schemas()).containsExactly(TextJournal.CODEC.schema());
      assertThat(journal.schema()).isZero();
      assertThat(new TextJournal(journal).rows()).isEmpty();
      assertThat(new TextJournal(journal).rowsReversed(journal.cursor())).isEmpty();
      assertThat(open.isPoisoned()).isFalse();
    }
  }

  @Test
  default void eventsAreReadInTheOrderInWhichTheyWereAppended() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<Row> written = new ArrayList<>(rows.append("a"));
      written.addAll(rows.append("b", "c", ""));
      written.addAll(rows.append("d"));
      assertThat(rows.rows()).isEqualTo(written);
      assertThat(rows.rowsReversed(rows.journal().cursor())).isEqualTo(written.reversed());
      assertThat(rows.journal().cursor().sequence()).isEqualTo(5);
      assertThat(rows.journal().storedBytes()).isPositive();
    }
  }

  @Test
  default void rewindGoesBackToTheBeginning() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<List<Row>> written = List.of(rows.append("a"), rows.append("b", "c"));
      for (int round = 0; round < 2; round++) {
        assertThat(rows.journal().rewind()).as("no snapshot was stored").isNull();
        assertThat(rows.journal().cursor().sequence()).isZero();
        assertThat(rows.replay()).isEqualTo(written);
      }
    }
  }

  @Test
  default void positionsAscendAndLeadToTheirEventsHoweverMuchIsAppended() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<Row> written = new ArrayList<>();
      for (int batch = 0; batch < 100; batch++) {
        String name = "batch " + batch;
        written.addAll(rows.append(name, name + " again".repeat(batch * 20)));
      }
      assertThat(written).extracting(Row::position).isSorted().doesNotHaveDuplicates();
      assertThat(written.getFirst().position()).isGreaterThan(rows.journal().first());
      assertThat(rows.journal().end()).isGreaterThan(written.getLast().position());
      for (Row row : written) {
        assertThat(rows.read(row.position())).isEqualTo(row.text());
      }
    }
  }

  @Test
  default void pointsDoNotMove() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<Row> before = rows.append("a", "b");
      Point point = rows.journal().cursor();
      long position = point.position();
      rows.append("c");
      assertThat(point.position()).isEqualTo(position);
      assertThat(point.sequence()).isEqualTo(2);
      assertThat(rows.rowsReversed(point)).isEqualTo(before.reversed());
    }
  }

  @Test
  default void aScanBeginsAtOrBeforeItsPositionAndLeavesNothingOut() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<Row> written = new ArrayList<>();
      for (int batch = 0; batch < 20; batch++) {
        written.addAll(rows.append("a" + batch, "b" + batch, "c" + batch));
      }
      for (Row row : written) {
        List<Row> rest = written.subList(written.indexOf(row), written.size());
        assertThat(rows.rows(row.position())).endsWith(rest.toArray(Row[]::new));
      }
      assertThat(rows.rows(0)).isEqualTo(written);
    }
  }

  @Test
  default void aScanEndsWhereItIsTold() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<Row> before = rows.append("a", "b");
      long end = rows.journal().end();
      rows.append("c");
      assertThat(rows.rows(0, () -> end)).isEqualTo(before);
    }
  }

  @Test
  default void aScanThatHadEndedGoesOnOnceThereIsMore() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      try (EventScan scan = rows.journal().scan(0, rows.journal()::end)) {
        assertThat(TextJournal.rest(scan)).isEmpty();
        for (int batch = 0; batch < 200; batch++) {
          List<Row> appended = rows.append(TextJournal.text(batch, 1000), "b" + batch);
          assertThat(TextJournal.rest(scan)).isEqualTo(appended);
          assertThat(scan.next()).isFalse();
        }
      }
    }
  }

  @Test
  default void whoScansWhileOthersAppendSeesWholeBatchesInOrder() throws Exception {
    int batches = 300;
    try (OpenMedium open = new OpenMedium(medium(), options());
        ExecutorService executor = Executors.newFixedThreadPool(2)) {
      TextJournal rows = open.texts();
      List<Future<List<Row>>> scans = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        scans.add(executor.submit(() -> scanned(rows.journal(), batches * 3)));
      }
      List<Row> written = new ArrayList<>();
      for (int batch = 0; batch < batches; batch++) {
        written.addAll(rows.append("a" + batch, "b" + batch, "c" + batch));
      }
      for (Future<List<Row>> scan : scans) {
        assertThat(scan.get()).isEqualTo(written);
      }
    }
  }

  private static List<Row> scanned(Journal journal, int count) {
    List<Row> seen = new ArrayList<>();
    try (EventScan scan = journal.scan(0, journal::end)) {
      while (seen.size() < count) {
        seen.addAll(TextJournal.rest(scan));
        assertThat(seen.size() % 3).as("events of an unfinished batch").isZero();
        Thread.onSpinWait();
      }
    }
    return seen;
  }

  @Test
  default void largeEventsAndLargeBatchesComeBackWhole() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      List<Row> written = new ArrayList<>(rows.append("small"));
      written.addAll(rows.append(TextJournal.text(1, 1 << 20)));
      written.addAll(rows.append("s", TextJournal.text(2, 3 << 20), "t"));
      written.addAll(rows.append(IntStream.range(0, 10_000).mapToObj(i -> "row " + i).toList()));
      written.addAll(rows.append("last"));
      assertThat(rows.rows().equals(written)).as("read forwards").isTrue();
      List<Row> reversed = rows.rowsReversed(rows.journal().cursor());
      assertThat(reversed.equals(written.reversed())).as("read backwards").isTrue();
      for (Row row : written.subList(0, 10)) {
        assertThat(row.text().equals(rows.read(row.position()))).as("read by position").isTrue();
      }
    }
  }

  @Test
  default void journalsOfDifferentPartitionsKnowNothingOfEachOther() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal one = open.texts("one", PartitionKind.LOG);
      TextJournal two = open.texts("two", PartitionKind.MACHINE);
      List<Row> ones = one.append("1");
      List<Row> twos = new ArrayList<>(two.append("2", "2"));
      twos.addAll(two.append("2"));
      assertThat(one.rows()).isEqualTo(ones);
      assertThat(two.rows()).isEqualTo(twos);
    }
  }

  @Test
  default void theLockCanBeTakenAgainOnceItWasGivenBack() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Journal journal = open.texts().journal();
      for (int round = 0; round < 3; round++) {
        assertThat(journal.tryLock()).isTrue();
        assertThat(journal.holder()).isNotBlank();
        journal.unlock();
        journal.lock();
        journal.unlock();
      }
      assertThat(journal.end()).isEqualTo(journal.first());
    }
  }

  @Test
  default void oneAtATimeHasTheRightToCompact() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Journal journal = open.texts("entries", PartitionKind.STORE).journal();
      for (int round = 0; round < 3; round++) {
        try (Journal.Upkeep right = journal.tryUpkeep()) {
          assertThat(right).isNotNull();
          assertThat(journal.tryUpkeep()).isNull();
        }
      }
    }
  }

  @Test
  default void aReaderReadsSingleEvents() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts("entries", PartitionKind.STORE);
      List<Row> written = rows.append("a", "b");
      try (Journal.Reader reader = rows.journal().reader()) {
        for (Row row : written.reversed()) {
          assertThat(TextJournal.text(reader.read(row.position()))).isEqualTo(row.text());
        }
      }
    }
  }

  @Test
  default void housekeepingOnAnIdleJournalChangesNothing() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts("entries", PartitionKind.STORE);
      rows.journal().forgetReleased();
      rows.journal().release(rows.journal().end());
      List<Row> written = rows.append("a", "b");
      rows.journal().release(rows.journal().first());
      rows.journal().forgetReleased();
      assertThat(rows.rows()).isEqualTo(written);
      assertThat(rows.append("c")).hasSize(1);
    }
  }
}
