package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.espora.db.Counting;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Options;
import dev.espora.db.Partition;
import dev.espora.db.Store;
import dev.espora.db.StoreCheck;
import dev.espora.db.Ttl;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Cuts the power, or kills the process first, at every operation on the disk of a workload with a
 * store that is compacted and a state machine whose log is released, and looks at what is left.
 */
class StoreCrashSweepTest {
  private static final Path DIRECTORY = Path.of("/data");
  private static final int PATTERNS = 3;

  /** What a run attempted and what it was told. */
  private static final class Told {
    final AtomicLong clock = new AtomicLong(1_000);
    TreeMap<String, String> acknowledged = new TreeMap<>();

    /** As it is if the change under way took effect. */
    TreeMap<String, String> attempted = new TreeMap<>();

    long sum;
    long attemptedSum;

    Options options() {
      return Options.DEFAULTS.withClock(() -> Instant.ofEpochMilli(clock.get()));
    }

    void settle() {
      acknowledged = new TreeMap<>(attempted);
      sum = attemptedSum;
    }
  }

  private static Store<String, String> store(Database db) {
    return db.store("texts", String.class, String.class);
  }

  private static Partition<Counting.Total, Long, Long> counter(Database db) {
    return db.partition("counter", new Counting());
  }

  private static Database open(SimulatedDisk disk, Told told) {
    return Database.open(new FileMedium(disk, DIRECTORY), told.options());
  }

  @Test
  void everyAcknowledgedChangeSurvivesAndNothingComesBack() {
    SimulatedDisk whole = new SimulatedDisk();
    workload(whole, new Told());
    assertThat(whole.files())
        .as("segments of both logs were released")
        .noneMatch(file -> file.endsWith("0000000000000000.log"));
    long operations = whole.operations();
    long seed = System.nanoTime();
    int crashes = 0;
    for (long at = 0; at < operations; at++) {
      for (int pattern = 0; pattern < PATTERNS; pattern++) {
        crashAndCheck(at, seed + at * PATTERNS + pattern);
        crashes++;
      }
    }
    System.out.println(
        "StoreCrashSweepTest: "
            + crashes
            + " crashes at "
            + operations
            + " operations, seed "
            + seed);
    assertThat(operations).isGreaterThan(150);
  }

  private static void crashAndCheck(long at, long seed) {
    SimulatedDisk disk = new SimulatedDisk();
    disk.cutAt(at);
    Told told = new Told();
    try {
      workload(disk, told);
    } catch (DatabaseException e) {
      assertThat(disk.isCut()).as("nothing fails before the cut: %s", e).isTrue();
    }
    Random random = new Random(seed);
    try {
      SimulatedDisk left = disk.afterPowerCut(random);
      if (random.nextBoolean()) {
        SimulatedDisk killed = disk.afterKill();
        check(killed, told, false);
        left = killed.afterPowerCut(random);
      }
      left.cutAt(random.nextInt(40)); // recovery is cut short as well
      try {
        check(left, told, false);
      } catch (DatabaseException e) {
        assertThat(left.isCut()).as("%s", e).isTrue();
      }
      SimulatedDisk last = left.isCut() ? left.afterPowerCut(random) : left;
      last.cutAt(Long.MAX_VALUE);
      check(last, told, true);
      check(last, told, false);
    } catch (DatabaseException | AssertionError e) {
      fail("crash at operation " + at + ", seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static void check(SimulatedDisk disk, Told told, boolean goOn) {
    try (Database db = open(disk, told)) {
      Store<String, String> store = store(db);
      TreeMap<String, String> found = new TreeMap<>();
      try (Stream<Map.Entry<String, Entry<String>>> entries = store.entries()) {
        entries.forEach(each -> found.put(each.getKey(), each.getValue().value()));
      }
      if (!found.equals(told.attempted)) {
        assertThat(found).isEqualTo(told.acknowledged);
        told.attempted = new TreeMap<>(told.acknowledged);
      } else {
        told.acknowledged = new TreeMap<>(found); // a crash cannot take back what was read
      }
      found.forEach((key, value) ->
          assertThat(store.read(key).map(Entry::value)).isEqualTo(Optional.of(value)));
      assertThat(store.size()).isEqualTo(found.size());
      StoreCheck.check(store);
      long sum = counter(db).state().sum();
      assertThat(sum).isIn(told.sum, told.attemptedSum);
      told.sum = sum;
      told.attemptedSum = sum;
      if (goOn) {
        change(told, () -> store.put("later", "x".repeat(500)), "later", "x".repeat(500));
        store.compact();
        add(counter(db), told);
      }
    }
  }

  private static void change(Told told, Runnable change, String key, String value) {
    told.attempted.put(key, value);
    change.run();
    told.settle();
  }

  private static void add(Partition<Counting.Total, Long, Long> counter, Told told) {
    told.attemptedSum = told.sum + 1;
    counter.submit(1L);
    told.sum = told.attemptedSum;
  }

  private static void workload(SimulatedDisk disk, Told told) {
    for (int opening = 0; opening < 2; opening++) {
      try (Database db = open(disk, told)) {
        Store<String, String> store = store(db);
        Partition<Counting.Total, Long, Long> counter = counter(db);
        for (int i = 0; i < 14; i++) {
          String value = opening + "-" + i + "x".repeat(4_000);
          String key = "k" + i % 9;
          change(told, () -> store.put(key, value), key, value);
        }
        String brief = "brief" + opening;
        change(told, () -> store.put(brief, "b", Ttl.ofSeconds(5)), brief, "b");
        told.attempted.remove("k1");
        told.attempted.put("k2", "in a batch");
        told.attempted.put("b" + opening, "y".repeat(12_000));
        String large = "b" + opening;
        var _ =
            store.batch(batch ->
                batch.delete("k1").put("k2", "in a batch").create(large, "y".repeat(12_000)));
        told.settle();
        for (int i = 0; i < 3; i++) {
          add(counter, told);
        }
        told.attempted.remove("k3");
        var _ = store.delete("k3");
        told.settle();
        var _ = store.compact();
        told.clock.addAndGet(6_000);
        told.attempted.remove(brief); // its time is over
        told.acknowledged.remove(brief);
        change(told, () -> store.put("k4", "after"), "k4", "after");
        var _ = store.compact();
        for (int i = 0; i < 2; i++) {
          told.attemptedSum = told.sum + 1_000;
          counter.submit(1_000L);
          told.sum = told.attemptedSum;
        }
      }
    }
  }
}
