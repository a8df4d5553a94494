package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Log;
import dev.espora.db.Options;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Cuts the power at every operation of a workload, and looks at what is left. */
class CrashSweepTest {
  private static final Path DIRECTORY = Path.of("/data");
  private static final int PATTERNS = 3;

  record Row(long number, byte[] padding) {}

  /** What a run attempted and what it was told. */
  private static final class Told {
    long attempted;
    long acknowledged;
  }

  @Test
  void everyAcknowledgedRowSurvivesAPowerCutAtEveryOperation() throws Exception {
    SimulatedDisk whole = new SimulatedDisk();
    workload(whole, new Told());
    long operations = whole.operations();
    assertThat(operations).isGreaterThan(100);
    long seed = System.nanoTime();
    for (long at = 0; at < operations; at++) {
      for (int pattern = 0; pattern < PATTERNS; pattern++) {
        crashAndCheck(at, seed + at * PATTERNS + pattern);
      }
    }
  }

  private static void crashAndCheck(long at, long seed) throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    disk.cutAt(at);
    Told told = new Told();
    try {
      workload(disk, told);
    } catch (DatabaseException | CompletionException e) {
      assertThat(disk.isCut()).as("nothing fails before the cut: %s", e).isTrue();
    }
    Random random = new Random(seed);
    SimulatedDisk left = disk.afterPowerCut(random);
    if (random.nextBoolean()) {
      // the processes die first and are started again: what they then read must survive a power
      // cut, too
      SimulatedDisk killed = disk.afterKill();
      check(killed, told, 0);
      left = killed.afterPowerCut(random);
    }
    // recovery may be cut short as well, and must then succeed the next time
    left.cutAt(random.nextInt(40));
    try {
      check(left, told, 0);
    } catch (DatabaseException e) {
      assertThat(left.isCut()).as("crash at %s, seed %s: %s", at, seed, e).isTrue();
    }
    SimulatedDisk last = left.isCut() ? left.afterPowerCut(random) : left;
    last.cutAt(Long.MAX_VALUE);
    try {
      check(last, told, 5);
      check(last, told, 0);
    } catch (DatabaseException | AssertionError e) {
      fail("crash at operation " + at + ", seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** Rows must be a prefix of what was attempted that holds all that was acknowledged. */
  private static void check(SimulatedDisk disk, Told told, int more) {
    try (Database db = Database.open(new FileMedium(disk, DIRECTORY), Options.DEFAULTS)) {
      Log<Row> log = db.log("rows", Row.class);
      List<Long> numbers;
      try (Stream<Row> rows = log.rows()) {
        numbers = rows.map(Row::number).toList();
      }
      assertThat(numbers).isEqualTo(LongStream.range(0, numbers.size()).boxed().toList());
      assertThat((long) numbers.size()).isBetween(told.acknowledged, told.attempted);
      told.acknowledged = numbers.size(); // a crash cannot take back what was read
      for (int i = 0; i < more; i++) {
        log.append(new Row((long) numbers.size() + i, new byte[3_000]));
        told.acknowledged = numbers.size() + i + 1L;
        told.attempted = told.acknowledged;
      }
    }
  }

  record RowLater(long number, byte[] padding, Optional<String> note) {}

  @Test
  void aProcessKilledWhileItOpensADatabaseThatWasClosedInOrderLeavesItWhole() throws Exception {
    SimulatedDisk closed = new SimulatedDisk();
    Told told = new Told();
    workload(closed, told);
    SimulatedDisk opened = closed.afterKill();
    openLater(opened);
    long seed = System.nanoTime();
    for (long at = 0; at < opened.operations(); at++) {
      SimulatedDisk disk = closed.afterKill();
      disk.cutAt(at);
      try {
        openLater(disk);
      } catch (DatabaseException e) {
        assertThat(disk.isCut()).as("at %s: %s", at, e).isTrue();
      }
      for (SimulatedDisk left : List.of(disk.afterKill(), disk.afterPowerCut(new Random(seed)))) {
        try {
          assertThat(openLater(left)).isEqualTo(told.acknowledged);
        } catch (DatabaseException e) {
          fail("killed at operation " + at + ", seed " + seed + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** Opens with another schema, which is written down, and counts the rows. */
  private static long openLater(SimulatedDisk disk) {
    try (Database db = Database.open(new FileMedium(disk, DIRECTORY), Options.DEFAULTS)) {
      return db.log("rows", RowLater.class).size();
    }
  }

  private static void workload(SimulatedDisk disk, Told told) throws Exception {
    for (int opening = 0; opening < 3; opening++) {
      try (Database db = Database.open(new FileMedium(disk, DIRECTORY), Options.DEFAULTS)) {
        Log<Row> log = db.log("rows", Row.class);
        for (int i = 0; i < 10; i++) {
          log.append(new Row(told.attempted++, new byte[700]));
          told.acknowledged++;
        }
        List<CompletableFuture<?>> batch = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          batch.add(log.appendAsync(new Row(told.attempted++, new byte[3_000])));
        }
        for (CompletableFuture<?> each : batch) {
          each.join();
          told.acknowledged++;
        }
      }
    }
  }
}
