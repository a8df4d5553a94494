package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Batch;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.Log;
import dev.espora.db.PartitionKind;
import dev.espora.db.Store;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Formerly;
import dev.espora.db.codec.OrElse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a medium must do that keeps what was written when it is closed and opened again. */
public interface PersistenceContract extends MediumUnderTest {

  @Test
  default void reopenedJournalsGiveBackWhatWasAppendedBatchByBatch() {
    List<List<Row>> written = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      try (OpenMedium open = new OpenMedium(medium(), options())) {
        TextJournal rows = open.texts();
        assertThat(rows.journal().cursor().position()).isEqualTo(rows.journal().first());
        assertThat(rows.replay()).isEqualTo(written);
        assertThat(rows.journal().cursor().sequence()).isEqualTo(round * 4L);
        written.add(rows.append("a" + round, "b" + round, "c" + round));
        written.add(rows.append("d" + round));
        List<Row> all = written.stream().flatMap(List::stream).toList();
        assertThat(rows.rows()).isEqualTo(all);
        assertThat(rows.rowsReversed(rows.journal().cursor())).isEqualTo(all.reversed());
        for (Row row : all) {
          assertThat(rows.read(row.position())).isEqualTo(row.text());
        }
      }
    }
  }

  @Test
  default void aBatchThatCouldNotBeTakenIsReadAgain() {
    List<Row> written;
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      written = open.texts().append("a", "b");
    }
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts();
      long start = rows.journal().cursor().position();
      Journal.EventSink refusesSecond =
          (position, _, _) -> {
            if (position == written.getLast().position()) {
              throw new IllegalStateException("the second event is refused");
            }
          };
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> rows.journal().readBatch(refusesSecond));
      assertThat(rows.journal().cursor().position()).isEqualTo(start);
      assertThat(rows.replay()).containsExactly(written);
    }
  }

  /** A row, early. */
  record Animal(String name) {}

  /** The same, later. */
  record AnimalLater(@Formerly("name") String title, @OrElse("4") int legs) {}

  /** Something else. */
  record Stone(double weight) {}

  @Test
  default void schemasKeepTheirNumbers() {
    Codec<Animal> early = Codec.of(Animal.class);
    Codec<AnimalLater> later = Codec.of(AnimalLater.class);
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      append(open.journal("animals", PartitionKind.LOG, early), early, new Animal("tiger"));
    }
    for (int round = 0; round < 2; round++) {
      try (OpenMedium open = new OpenMedium(medium(), options())) {
        Journal journal = open.journal("animals", PartitionKind.LOG, later);
        assertThat(journal.schemas()).containsExactly(early.schema(), later.schema());
        assertThat(journal.schema()).isEqualTo(1);
        append(journal, later, new AnimalLater("emu", 2));
      }
    }
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Journal journal = open.journal("animals", PartitionKind.LOG, later);
      List<Integer> schemas = new ArrayList<>();
      try (Journal.EventScan scan = journal.scan(0, journal::end)) {
        while (scan.next()) {
          schemas.add(scan.schema());
        }
      }
      assertThat(schemas).containsExactly(0, 1, 1);
    }
  }

  private static <T> void append(Journal journal, Codec<T> codec, T value) {
    Journal.Snapshot snapshot = journal.rewind();
    assertThat(snapshot).isNull();
    journal.lock();
    try {
      while (journal.cursor().position() != journal.end()) {
        journal.readBatch((_, _, _) -> {});
      }
      Batch batch = new Batch();
      codec.encode(value, batch.beginEvent(journal.schema()));
      batch.endEvent();
      journal.append(batch);
    } finally {
      journal.unlock();
    }
  }

  @Test
  default void anotherKindOrAnIncompatibleTypeIsRefusedAndChangesNothing() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Codec<Animal> codec = Codec.of(Animal.class);
      append(open.journal("animals", PartitionKind.LOG, codec), codec, new Animal("tiger"));
    }
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      assertThatExceptionOfType(DatabaseException.SchemaMismatch.class)
          .isThrownBy(() -> open.journal("animals", PartitionKind.MACHINE, Codec.of(Animal.class)))
          .withMessageContaining("animals");
      assertThatExceptionOfType(DatabaseException.SchemaMismatch.class)
          .isThrownBy(() -> open.journal("animals", PartitionKind.LOG, Codec.of(Stone.class)))
          .withMessageContaining("animals");
    }
    try (Database db = Database.open(medium(), options())) {
      assertThatExceptionOfType(DatabaseException.SchemaMismatch.class)
          .isThrownBy(() -> db.store("animals", String.class, Animal.class));
      try (var rows = db.log("animals", Animal.class).rows()) {
        assertThat(rows).containsExactly(new Animal("tiger"));
      }
    }
  }

  @Test
  default void aDatabaseIsAsItWasWhenItIsOpenedAgain() {
    for (int round = 0; round < 3; round++) {
      try (Database db = Database.open(medium(), options())) {
        var tally = db.partition("tally", new Tally());
        Log<String> log = db.log("log", String.class);
        Store<String, Integer> store = db.store("store", String.class, Integer.class);
        assertThat(tally.state()).isEqualTo(new Tally.Total(1000L * round, 100L * round));
        assertThat(log.size()).isEqualTo(100L * round);
        assertThat(store.size()).isEqualTo(round == 0 ? 0 : 90 + 10 * round);
        for (int i = 0; i < 100; i++) {
          tally.submit(new Tally.Add(List.of(10L)));
          log.append("row " + i);
          store.put("key " + (i + 10 * round), round);
        }
      }
    }
    try (Database db = Database.open(medium(), options());
        var rows = db.log("log", String.class).rows()) {
      assertThat(rows.toList()).startsWith("row 0", "row 1").endsWith("row 99").hasSize(300);
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      assertThat(store.read("key 5").orElseThrow().value()).isZero();
      assertThat(store.read("key 15").orElseThrow().value()).isEqualTo(1);
      assertThat(store.read("key 25").orElseThrow().value()).isEqualTo(2);
    }
  }

  @Test
  default void manyPartitionsAreThereWhenTheyAreOpenedAgain() {
    for (int round = 0; round < 2; round++) {
      try (Database db = Database.open(medium(), options())) {
        for (int i = 0; i < 100; i++) {
          var tally = db.partition("tally-" + i, new Tally());
          assertThat(tally.state().sum()).isEqualTo((long) round * i);
          tally.submit(new Tally.Add(List.of((long) i)));
        }
      }
    }
  }

  @Test
  default void changesAreFollowedFromWhereAReaderWasBeforeClosing() {
    long sequence;
    try (Database db = Database.open(medium(), options())) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      sequence = store.create("a", 1).result();
      store.create("b", 2);
    }
    try (Database db = Database.open(medium(), options())) {
      Store<String, Integer> store = db.store("store", String.class, Integer.class);
      store.delete("a");
      assertThat(ChangeTexts.all(store, sequence)).containsExactly("PUT b=2", "DELETED a");
      assertThat(ChangeTexts.all(store, 0)).containsExactly("PUT a=1", "PUT b=2", "DELETED a");
    }
  }
}
