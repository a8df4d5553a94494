package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.Options;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Verification;
import dev.espora.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verifying finds every flipped bit, and never damage where there is none. */
class VerifyTest {
  @TempDir Path temporary;

  private static Verification verify(SimulatedDisk disk) {
    return Databases.tools(disk).verify(Optional.empty(), Progress.NONE);
  }

  @Test
  void aDatabaseThatWasClosedInOrderIsSound() throws Exception {
    SimulatedDisk disk = Databases.closed();
    long operations = disk.crashPoints();
    Verification verification = verify(disk);
    assertThat(verification.damages()).isEmpty();
    assertThat(verification.notices()).isEmpty();
    assertThat(verification.partitions()).hasSize(2);
    assertThat(disk.files().stream().filter(file -> file.toString().endsWith(".log"))).hasSize(3);
    assertThat(disk.files().stream().filter(file -> file.toString().endsWith(".snapshot")))
        .hasSize(2);
    assertThat(disk.crashPoints()).as("nothing was changed").isEqualTo(operations);
  }

  /** How many bytes there are to each of which a bit is flipped; 1 in the long form. */
  private static final int STRIDE = System.getProperty("espora.sweep", "").equals("full") ? 1 : 13;

  @Test
  void aFlippedBitIsFoundWhereverItIs() throws Exception {
    SimulatedDisk disk = Databases.closedSmall();
    assertThat(verify(disk).isSound()).isTrue();
    assertThat(disk.files().toString()).contains("adder/0000000000010");
    long seed = System.nanoTime();
    AtomicLong flipped = new AtomicLong();
    List<Future<?>> tasks = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      for (Path file : disk.files()) {
        int length = disk.bytes(file).length;
        for (int half = 0; half < 2; half++) {
          int from = half * (length / 2);
          int to = half == 0 ? length / 2 : length;
          tasks.add(
              executor.submit(() -> {
                flipped.addAndGet(flipEach(disk.afterKill(), file, from, to, new Random(seed)));
                return true;
              }));
        }
      }
    }
    for (Future<?> task : tasks) {
      task.get();
    }
    System.out.println("seed " + seed + ": " + flipped + " bytes with a flipped bit, all found");
    assertThat(flipped.get()).isGreaterThan((256 << 10) / STRIDE);
  }

  private static int flipEach(SimulatedDisk disk, Path file, int from, int to, Random random)
      throws IOException {
    DatabaseTools tools = Databases.tools(disk);
    Optional<String> partition =
        file.startsWith(Databases.PARTITIONS)
            ? Optional.of(Databases.PARTITIONS.relativize(file).getName(0).toString())
            : Optional.empty();
    int flips = 0;
    for (int offset = from + random.nextInt(STRIDE); offset < to; offset += STRIDE) {
      flips++;
      int mask = 1 << random.nextInt(8);
      disk.flip(file, offset, mask);
      Verification verification = tools.verify(partition, Progress.NONE);
      if (verification.isSound()) {
        throw new AssertionError("not found: " + file + " at " + offset + ", mask " + mask);
      }
      disk.flip(file, offset, mask);
    }
    assertThat(verify(disk).isSound()).isTrue();
    return flips;
  }

  @Test
  void aMissingFileIsFound() throws Exception {
    SimulatedDisk disk = Databases.closed();
    for (Path file : disk.files()) {
      SimulatedDisk missing = disk.afterKill();
      missing.remove(file);
      assertThat(verify(missing).damages()).as("without %s", file).isNotEmpty();
    }
  }

  @Test
  void aFileCutShortIsFound() throws Exception {
    SimulatedDisk disk = Databases.closed();
    for (Path file : disk.files()) {
      int length = disk.bytes(file).length;
      for (int left : new int[] {0, length / 3, length - 1}) {
        if (length > 0) {
          SimulatedDisk shorter = disk.afterKill();
          shorter.cutShort(file, left);
          assertThat(verify(shorter).damages()).as("%s of %s", left, file).isNotEmpty();
        }
      }
    }
  }

  @Test
  void thePlaceOfDamageIsNamed() throws Exception {
    SimulatedDisk disk = Databases.closed();
    Path segment = Databases.PARTITIONS.resolve("rows/0000000000000000.log");
    disk.flip(segment, 9_000, 1);
    Verification.Damage damage = verify(disk).damages().getFirst();
    assertThat(damage.file()).isEqualTo(segment);
    assertThat(damage.offset()).isBetween(1L, 9_000L);
  }

  @Test
  void noCrashIsTakenForDamage() throws Exception {
    for (Durability durability : List.of(Durability.SYNC, Durability.NONE)) {
      long seed = System.nanoTime();
      SimulatedDisk whole = new SimulatedDisk();
      workload(whole, durability);
      int step = durability.survivesPowerCut() ? 1 : 3;
      for (long at = 0; at < whole.crashPoints(); at += step) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.cutAt(at);
        try {
          workload(disk, durability);
        } catch (DatabaseException | java.util.concurrent.CompletionException e) {
          // the cut
        }
        Random random = new Random(seed + at);
        assertNoDamage(disk.afterKill(), durability, "killed at " + at);
        assertNoDamage(
            disk.afterPowerCut(random), durability, "cut at " + at + ", seed " + (seed + at));
        assertNoDamage(
            disk.afterKill().afterPowerCut(random),
            durability,
            "killed and cut at " + at + ", seed " + (seed + at));
      }
    }
  }

  /** Where verifying sees no damage, opening succeeds, and the other way round. */
  private static void assertNoDamage(SimulatedDisk disk, Durability durability, String what) {
    Verification verification;
    try {
      verification = verify(disk);
    } catch (DatabaseException.NotADatabase e) {
      return; // its creation was cut short
    }
    boolean created = disk.exists(Databases.DIRECTORY.resolve("espora"));
    if (created) {
      assertThat(verification.damages()).as(what).isEmpty();
    }
    Options options = Options.DEFAULTS.withDurability(durability);
    try (Database db = Database.open(disk.medium(), options)) {
      Databases.append(db, 0, 1, 10);
      Databases.add(db, 0, 1, 10);
    }
    assertThat(verify(disk).damages()).as(what).isEmpty();
    assertThat(verify(disk).notices()).as(what).isEmpty();
  }

  private static void workload(SimulatedDisk disk, Durability durability) {
    Options options = Options.DEFAULTS.withDurability(durability);
    for (int opening = 0; opening < 2; opening++) {
      try (Database db = Database.open(disk.medium(), options)) {
        Databases.append(db, opening * 100L, 14, 6_000);
        Databases.add(db, opening * 100L, 12, 7_000);
      }
    }
  }

  @Test
  void besideWritersThatCompactNothingLooksDamaged() throws Exception {
    Path directory = temporary.resolve("data");
    AtomicBoolean stopped = new AtomicBoolean();
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int writer = i;
        writers.add(
            executor.submit(() -> {
              while (!stopped.get()) {
                try (Database db = Database.open(directory)) {
                  for (int n = 0; n < 300 && !stopped.get(); n++) {
                    Databases.append(db, n, 3, 500);
                    Databases.add(db, n, 3, 20_000 + writer);
                  }
                }
              }
              return true;
            }));
      }
      try {
        verifyOften(directory);
      } finally {
        stopped.set(true);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    Verification after = DatabaseTools.at(directory).verify(Optional.empty(), Progress.NONE);
    assertThat(after.damages()).isEmpty();
    assertThat(after.notices()).isEmpty();
  }

  private static void verifyOften(Path directory) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    int times = 0;
    long released = 0;
    while ((times < 100 || released == 0) && System.nanoTime() < deadline) {
      Thread.sleep(10);
      try {
        Verification verification =
            DatabaseTools.at(directory).verify(Optional.empty(), Progress.NONE);
        assertThat(verification.damages()).isEmpty();
        for (Verification.Verified partition : verification.partitions()) {
          released = Math.max(released, partition.first());
        }
        times++;
      } catch (DatabaseException.NotADatabase e) {
        assertThat(times).as("before it is created").isZero();
      }
    }
    System.out.println("verified " + times + " times, log released up to " + released);
    assertThat(times).isPositive();
    assertThat(released).isPositive();
  }
}
