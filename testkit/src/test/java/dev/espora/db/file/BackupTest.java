package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.tools.Condition;
import dev.espora.db.tools.Copy;
import dev.espora.db.tools.DatabaseStat;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import dev.espora.testkit.disk.SimulatedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies that open and verify, and what can be seen of a database from outside. */
class BackupTest {
  private static final Path OUTPUT = Path.of("/backup");

  @TempDir Path temporary;

  @Test
  void aBackupIsDurableWhenItIsReportedAndOpens() {
    SimulatedDisk disk = Databases.closed();
    Copy copy = Databases.tools(disk).backup(OUTPUT, Progress.NONE);
    assertThat(copy.partitions()).hasSize(2);
    SimulatedDisk after = disk.afterPowerCut(new Random(1));
    assertThat(
            new FileTools(after.disk(), OUTPUT).verify(Optional.empty(), Progress.NONE).damages())
        .isEmpty();
    try (Database db = Databases.open(after, OUTPUT)) {
      assertThat(Databases.numbers(db)).isEqualTo(LongStream.range(0, 80).boxed().toList());
      assertThat(db.partition("adder", new Databases.Adder()).state().count()).isEqualTo(120);
      Databases.append(db, 80, 5, 10);
    }
  }

  @Test
  void damageIsNotCopiedAndNothingIsLeft() throws Exception {
    SimulatedDisk sound = Databases.closed();
    for (Path file : sound.files()) {
      int length = sound.bytes(file).length;
      boolean log = file.toString().endsWith(".log") || file.toString().endsWith(".snapshot");
      if (log) {
        SimulatedDisk disk = sound.afterKill();
        disk.flip(file, Math.min(length, 20_000) / 2, 4);
        assertThatThrownBy(() -> Databases.tools(disk).backup(OUTPUT, Progress.NONE))
            .isInstanceOfSatisfying(
                DatabaseException.Corrupt.class, e -> assertThat(e.file()).isEqualTo(file));
        assertThat(disk.disk().list(OUTPUT)).isEmpty();
      }
    }
  }

  @Test
  void restoringRefusesABackupWithAnythingDamaged() throws Exception {
    SimulatedDisk disk = Databases.closed();
    disk.flip(Databases.PARTITIONS.resolve("rows/control"), 3_000, 1);
    assertThatThrownBy(() -> Databases.tools(disk).restore(OUTPUT, Progress.NONE))
        .isInstanceOf(DatabaseException.Corrupt.class);
    assertThat(disk.exists(OUTPUT)).isFalse();
    disk.flip(Databases.PARTITIONS.resolve("rows/control"), 3_000, 1);
    Databases.tools(disk).restore(OUTPUT, Progress.NONE);
    assertThatThrownBy(() -> Databases.tools(disk).restore(OUTPUT, Progress.NONE))
        .isInstanceOf(DatabaseException.AlreadyExists.class);
    assertThatThrownBy(
            () -> Databases.tools(disk).backup(Databases.DIRECTORY.resolve("b"), Progress.NONE))
        .hasMessageContaining("inside");
  }

  @Test
  void aBackupBesideWritersHoldsAllThatWasAcknowledgedBeforeIt() throws Exception {
    Path directory = temporary.resolve("data");
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicLong acknowledged = new AtomicLong();
    try (Database one = Database.open(directory);
        Database two = Database.open(directory);
        ExecutorService executor = Executors.newFixedThreadPool(2)) {
      one.log("rows", Databases.Row.class);
      Future<?> rows =
          executor.submit(() -> {
            while (!stopped.get()) {
              Databases.append(one, acknowledged.get(), 20, 2_000);
              acknowledged.addAndGet(20);
            }
          });
      Future<?> sums =
          executor.submit(() -> {
            for (long n = 0; !stopped.get(); n++) {
              Databases.add(two, n, 1, 30_000);
            }
          });
      try {
        for (int i = 0; i < 5; i++) {
          Thread.sleep(200);
          long before = acknowledged.get();
          Path output = temporary.resolve("backup" + i);
          DatabaseTools.at(directory).backup(output, Progress.NONE);
          assertWhole(output, before);
        }
      } finally {
        stopped.set(true);
      }
      rows.get();
      sums.get();
    }
  }

  private static void assertWhole(Path output, long acknowledged) throws Exception {
    assertThat(DatabaseTools.at(output).verify(Optional.empty(), Progress.NONE).damages())
        .isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(output)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
    try (Database db = Database.open(output)) {
      List<Long> numbers = Databases.numbers(db);
      assertThat(numbers).isEqualTo(LongStream.range(0, numbers.size()).boxed().toList());
      assertThat((long) numbers.size()).isGreaterThanOrEqualTo(acknowledged);
      Databases.Sum sum = db.partition("adder", new Databases.Adder()).state();
      assertThat(sum.sum()).isEqualTo(sum.count() * (sum.count() - 1) / 2);
    }
  }

  @Test
  void statSaysWhatThereIs() {
    SimulatedDisk disk = Databases.closed();
    DatabaseStat stat = Databases.tools(disk).stat(Optional.empty());
    assertThat(stat.condition()).isEqualTo(Condition.CLOSED);
    assertThat(stat.partitions().getLast().events()).isEqualTo(80);
    assertThat(stat.partitions().getLast().segments()).isEqualTo(2);
    assertThat(stat.partitions().getFirst().first()).isPositive();
    try (Database db = Databases.open(disk)) {
      Databases.append(db, 80, 1, 10);
      stat = Databases.tools(disk).stat(Optional.of("rows"));
      assertThat(stat.condition()).isEqualTo(Condition.OPEN);
      assertThat(stat.partitions().getFirst().openers()).hasValue(1);
      assertThat(stat.partitions().getFirst().events()).isEqualTo(81);
      assertThat(Databases.tools(disk.afterKill()).stat(Optional.empty()).condition())
          .isEqualTo(Condition.INTERRUPTED);
    }
  }

  @Test
  void recordsAreReadWithoutTheirClassesAndFollowed() {
    SimulatedDisk disk = Databases.closed();
    DatabaseTools tools = Databases.tools(disk);
    List<StoredRecord> all = read(tools.records("rows", 0));
    assertThat(all).hasSize(80);
    assertThat(all.get(41).sequence()).isEqualTo(41);
    assertThat(all.get(41).value())
        .isInstanceOfSatisfying(Map.class, value -> assertThat(value.get("number")).isEqualTo(41L));
    assertThat(read(tools.records("rows", all.get(41).position()))).hasSize(39);
    assertThat(read(tools.lastRecords("rows", 10)).getFirst().sequence()).isEqualTo(70);
    assertThat(read(tools.lastRecords("rows", 1_000))).hasSize(80);
    assertThat(read(tools.records("adder", 0)).getLast().sequence()).isEqualTo(119);
    try (Database db = Databases.open(disk);
        RecordCursor cursor = tools.lastRecords("rows", 0)) {
      assertThat(cursor.next()).isEmpty();
      Databases.append(db, 80, 50, 4_000);
      for (long number = 80; number < 130; number++) {
        assertThat(cursor.next().orElseThrow().sequence()).isEqualTo(number);
      }
      assertThat(cursor.next()).isEmpty();
    }
  }

  private static List<StoredRecord> read(RecordCursor cursor) {
    List<StoredRecord> records = new ArrayList<>();
    try (cursor) {
      for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
        records.add(next.get());
      }
    }
    return records;
  }
}
