package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Journal;
import dev.espora.db.Journal.Point;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a medium must do that keeps snapshots; it keeps what is written, too. */
public interface SnapshotContract extends PersistenceContract {

  /** How the states of these tests are written. */
  Schema STATE = Schema.Simple.BYTES;

  private static void store(Journal journal, Point at, List<byte[]> parts) {
    journal.store(at, STATE, parts.iterator());
  }

  private static Journal.Snapshot kept(Journal journal) {
    return Objects.requireNonNull(journal.rewind(), "the medium keeps no snapshot");
  }

  private static byte[][] parts(Journal.Parts parts) {
    List<byte[]> all = new ArrayList<>();
    parts.iterator().forEachRemaining(all::add);
    return all.toArray(byte[][]::new);
  }

  @Test
  default void aStateIsBuiltUpFromTheNewestSnapshot() {
    Point at;
    List<Row> rest;
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts("machine", PartitionKind.MACHINE);
      rows.append("a", "b");
      store(rows.journal(), rows.journal().cursor(), List.of(new byte[] {1}));
      rows.append("c");
      at = rows.journal().cursor();
      store(rows.journal(), at, List.of(new byte[] {2}, new byte[] {3, 4}));
      rest = rows.append("d", "e");
      assertThat(rows.journal().snapshotLag()).isEqualTo(rows.journal().end() - at.position());
    }
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Journal journal = open.journal("machine", PartitionKind.MACHINE, TextJournal.CODEC);
      Journal.Snapshot snapshot = kept(journal);
      assertThat(snapshot.schema()).isEqualTo(STATE);
      assertThat(snapshot.at().position()).isEqualTo(at.position());
      assertThat(snapshot.at().sequence()).isEqualTo(3);
      assertThat(parts(snapshot.parts())).isDeepEqualTo(new byte[][] {{2}, {3, 4}});
      assertThat(journal.cursor().position()).isEqualTo(at.position());
      assertThat(new TextJournal(journal).replay()).containsExactly(rest);
      assertThat(journal.cursor().sequence()).isEqualTo(5);
      assertThat(new TextJournal(journal).rows()).as("the log stays whole").hasSize(5);
    }
  }

  @Test
  default void aSnapshotMayBeAskedForAgain() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts("machine", PartitionKind.MACHINE);
      rows.append("a");
      Point at = rows.journal().cursor();
      store(rows.journal(), at, List.of(new byte[] {1}));
      rows.append("b");
      for (int round = 0; round < 2; round++) {
        Journal.Snapshot snapshot = kept(rows.journal());
        assertThat(snapshot.at().position()).isEqualTo(at.position());
        assertThat(rows.replay()).hasSize(1);
      }
    }
  }

  @Test
  default void anOlderSnapshotThatComesLateDoesNoHarm() {
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts("machine", PartitionKind.MACHINE);
      rows.append("a");
      Point early = rows.journal().cursor();
      rows.append("b");
      Point late = rows.journal().cursor();
      store(rows.journal(), late, List.of(new byte[] {2}));
      store(rows.journal(), early, List.of(new byte[] {1}));
      Journal.Snapshot snapshot = kept(rows.journal());
      assertThat(snapshot.at().position()).isEqualTo(late.position());
    }
  }

  @Test
  default void aSnapshotHasManyLargeParts() {
    List<byte[]> parts = IntStream.range(0, 16).mapToObj(i -> new byte[(i << 16) + 1]).toList();
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      TextJournal rows = open.texts("machine", PartitionKind.MACHINE);
      rows.append("a");
      store(rows.journal(), rows.journal().cursor(), parts);
    }
    try (OpenMedium open = new OpenMedium(medium(), options())) {
      Journal journal = open.journal("machine", PartitionKind.MACHINE, TextJournal.CODEC);
      Journal.Snapshot snapshot = kept(journal);
      assertThat(parts(snapshot.parts())).isDeepEqualTo(parts.toArray(byte[][]::new));
    }
  }

  @Test
  default void aStateIsTheSameWithAndWithoutASnapshot() {
    try (Database db = Database.open(medium(), options())) {
      var tally = db.partition("tally", new Tally());
      List<Long> thousand = IntStream.range(0, 1000).mapToObj(Long::valueOf).toList();
      for (int i = 0; i < 100; i++) {
        tally.submit(new Tally.Add(thousand)); // enough for a snapshot when closing
      }
    }
    for (int round = 0; round < 3; round++) {
      try (Database db = Database.open(medium(), options())) {
        var tally = db.partition("tally", new Tally());
        assertThat(tally.state()).isEqualTo(new Tally.Total(49_950_000 + round, 100_000 + round));
        tally.submit(new Tally.Add(List.of(1L)));
      }
    }
  }
}
