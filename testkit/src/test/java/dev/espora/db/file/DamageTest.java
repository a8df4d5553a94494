package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.testkit.disk.Faults;
import dev.espora.testkit.disk.Operation;
import dev.espora.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Rot, missing files, full and failing disks: an error that says where, and never fewer rows than
 * were acknowledged.
 */
class DamageTest {
  private static final Path DIRECTORY = Path.of("/data");
  private static final Path PARTITION = DIRECTORY.resolve("partitions/rows");
  private static final int ROWS = 40;

  record Row(long number, String text) {}

  private static Database open(SimulatedDisk disk) {
    return Database.open(disk.medium(), Options.DEFAULTS);
  }

  private static SimulatedDisk written(int rows, int textLength) {
    SimulatedDisk disk = new SimulatedDisk();
    write(disk, "rows", rows, textLength);
    return disk;
  }

  private static void write(SimulatedDisk disk, String name, int rows, int textLength) {
    try (Database db = open(disk)) {
      Log<Row> log = db.log(name, Row.class);
      for (long i = 0; i < rows; i++) {
        log.append(new Row(i, "x".repeat(textLength)));
      }
    }
  }

  private static List<Long> read(SimulatedDisk disk) {
    try (Database db = open(disk);
        Stream<Row> rows = db.log("rows", Row.class).rows()) {
      return rows.map(Row::number).toList();
    }
  }

  /** Every row, or an error that names a file. */
  private static void assertNothingIsLostInSilence(SimulatedDisk disk, int rows, String what) {
    List<Long> numbers;
    try {
      numbers = read(disk);
    } catch (DatabaseException e) {
      assertThat(e.getMessage()).as(what).contains("/data/");
      return;
    }
    assertThat(numbers).as(what).isEqualTo(LongStream.range(0, rows).boxed().toList());
  }

  @Test
  void aFlippedBitAnywhereIsReportedOrHarmless() throws Exception {
    SimulatedDisk disk = written(ROWS, 20);
    for (Path file : disk.files()) {
      int length = disk.bytes(file).length;
      int step = file.toString().endsWith("control") ? 8 : 1;
      for (int offset = 0; offset < Math.min(length, 6_000); offset += step) {
        SimulatedDisk rotten = disk.afterKill();
        rotten.flip(file, offset, 1 << (offset % 8));
        assertNothingIsLostInSilence(rotten, ROWS, "bit flipped in " + file + " at " + offset);
      }
    }
  }

  @Test
  void aFlippedBitInTheLogIsFoundWithItsPlace() throws Exception {
    SimulatedDisk disk = written(ROWS, 20);
    Path segment = PARTITION.resolve("0000000000000000.log");
    for (int offset = SegmentHeader.BYTES; offset < 2_000; offset++) {
      SimulatedDisk rotten = disk.afterKill();
      rotten.flip(segment, offset, 0x10);
      assertThatThrownBy(() -> read(rotten))
          .as("at %s", offset)
          .isInstanceOfSatisfying(
              DatabaseException.Corrupt.class,
              e -> assertThat(e.file().toString()).endsWith(".log"));
    }
  }

  @Test
  void aSegmentCutShortBelowTheDurableMarkIsRefused() throws Exception {
    SimulatedDisk disk = written(ROWS, 20);
    Path segment = PARTITION.resolve("0000000000000000.log");
    for (int length = 0; length < 2_000; length += 13) {
      SimulatedDisk shorter = disk.afterKill();
      shorter.cutShort(segment, length);
      assertThatThrownBy(() -> read(shorter)).isInstanceOf(DatabaseException.class);
    }
    SimulatedDisk above = disk.afterKill();
    above.cutShort(segment, 60_000);
    assertThat(read(above)).hasSize(ROWS);
  }

  @Test
  void aMissingFileIsNeverReplacedByAnEmptyOne() throws Exception {
    SimulatedDisk disk = written(100, 3_000);
    assertThat(disk.files().toString()).contains("fa08.log").contains(".snapshot");
    for (Path file : disk.files()) {
      SimulatedDisk missing = disk.afterKill();
      missing.remove(file);
      if (file.toString().endsWith(".snapshot")) {
        assertThat(read(missing)).as("replayed without %s", file).hasSize(100);
      } else if (!file.toString().endsWith("open.lock")) {
        assertThatThrownBy(() -> read(missing))
            .as("without %s", file)
            .isInstanceOf(DatabaseException.class);
      }
    }
  }

  @Test
  void aFileOfAnotherPartitionIsRefused() throws Exception {
    SimulatedDisk disk = written(100, 3_000);
    write(disk, "other", 100, 3_000);
    Path other = PARTITION.resolveSibling("other");
    int refused = 0;
    for (Path file : disk.files()) {
      Path theirs = other.resolve(file.getFileName());
      if (file.startsWith(PARTITION) && disk.exists(theirs) && disk.bytes(file).length > 0) {
        SimulatedDisk mixed = renamed(disk, theirs, file);
        assertThatThrownBy(() -> read(mixed))
            .as("with %s of another partition", file)
            .isInstanceOfSatisfying(
                DatabaseException.Corrupt.class,
                e -> assertThat(e.file().getParent()).isEqualTo(PARTITION));
        refused++;
      }
    }
    assertThat(refused).as("segments, control block, schemas, snapshot").isGreaterThan(4);
  }

  /** A file in the place of another one. */
  private static SimulatedDisk renamed(SimulatedDisk disk, Path from, Path to) throws IOException {
    SimulatedDisk mixed = disk.afterKill();
    mixed.disk().rename(from, to);
    mixed.disk().syncDirectory(PARTITION);
    return mixed;
  }

  @Test
  void aSegmentUnderAnothersNameIsRefused() throws Exception {
    SimulatedDisk disk = written(100, 3_000);
    List<Path> segments =
        disk.files().stream().filter(file -> file.toString().endsWith(".log")).toList();
    assertThat(segments).hasSizeGreaterThan(1);
    for (Path segment : segments) {
      for (Path other : segments) {
        if (!segment.equals(other)) {
          SimulatedDisk mixed = renamed(disk, segment, other);
          assertThatThrownBy(() -> read(mixed))
              .as("%s named %s", segment, other)
              .isInstanceOf(DatabaseException.Corrupt.class);
        }
      }
    }
  }

  @Test
  void aFailedSyncPoisonsUntilEverythingIsClosedAndOpenedAgain() {
    SimulatedDisk disk = written(5, 20);
    try (Database db = open(disk)) {
      Log<Row> log = db.log("rows", Row.class);
      log.append(new Row(5, ""));
      disk.setFaults(Faults.next(Operation.Kind.SYNC, Faults.Outcome.FAIL));
      assertThatThrownBy(() -> log.append(new Row(6, "")))
          .isInstanceOf(DatabaseException.OutcomeUnknown.class)
          .hasMessageContaining("unknown");
      assertThatThrownBy(() -> log.append(new Row(7, "")))
          .isInstanceOf(DatabaseException.Poisoned.class);
      assertThatThrownBy(log::size).isInstanceOf(DatabaseException.Poisoned.class);
    }
    assertThat(read(disk)).startsWith(0L, 1L, 2L, 3L, 4L, 5L).doesNotContain(7L);
  }

  @Test
  void aFailedWritePoisonsAsWell() {
    SimulatedDisk disk = written(5, 20);
    try (Database db = open(disk)) {
      Log<Row> log = db.log("rows", Row.class);
      disk.setFaults(Faults.next(Operation.Kind.WRITE, Faults.Outcome.FAIL));
      assertThatThrownBy(() -> log.append(new Row(5, "")))
          .isInstanceOf(DatabaseException.OutcomeUnknown.class);
      assertThatThrownBy(() -> log.append(new Row(6, "")))
          .isInstanceOf(DatabaseException.Poisoned.class);
    }
  }

  @Test
  void aFullDiskRejectsWritesLeavesReadsAloneAndRecoversWhenThereIsSpace() {
    SimulatedDisk disk = written(5, 20);
    try (Database db = open(disk)) {
      Log<Row> log = db.log("rows", Row.class);
      disk.fill();
      String large = "x".repeat(200_000);
      assertThatThrownBy(() -> log.append(new Row(5, large)))
          .isInstanceOf(DatabaseException.OutOfSpace.class);
      assertThat(log.size()).isEqualTo(5);
      assertThat(log.append(new Row(5, "small")).result()).isEqualTo(5L);
      disk.makeRoom();
      assertThat(log.append(new Row(6, large)).result()).isEqualTo(6L);
    }
    assertThat(read(disk)).hasSize(7);
  }
}
