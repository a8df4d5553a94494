package dev.espora.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Log;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.testkit.disk.Faults;
import dev.espora.testkit.disk.Operation;
import dev.espora.testkit.disk.Schedule;
import dev.espora.testkit.disk.SimulatedDisk;
import dev.espora.testkit.disk.SimulatedProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Two processes write to one partition, in an order that a seed decides: whatever either was told
 * is there once, in one order, whenever the power is cut and whoever is killed.
 */
class TwoProcessesSweepTest {

  record Row(String process, int number) {}

  /** What one process attempted and was told: rows with the positions of their receipts. */
  private static final class Told {
    private final List<Row> attempted = Collections.synchronizedList(new ArrayList<>());
    private final TreeMap<Long, Row> acknowledged = new TreeMap<>();

    /**
     * @param process that writes, whose last call may still return when it is dead
     */
    void write(Medium medium, SimulatedProcess process, int openings, int rows) {
      for (int opening = 0; opening < openings; opening++) {
        try (Database db = Database.open(medium, Options.DEFAULTS)) {
          Log<Row> log = db.log("rows", Row.class);
          for (int i = 0; i < rows; i++) {
            Row row = new Row(process.name(), opening * rows + i);
            attempted.add(row);
            long number = log.append(row).result();
            if (process.isKilled()) {
              return;
            }
            synchronized (acknowledged) {
              assertThat(acknowledged.put(number, row)).isNull();
            }
            if (i % 3 == 0) {
              assertThat(read(log).get((int) number)).isEqualTo(row);
            }
          }
        }
      }
    }

    static List<Row> read(Log<Row> log) {
      try (Stream<Row> rows = log.rows()) {
        return rows.toList();
      }
    }

    void check(Database db) {
      List<Row> rows = read(db.log("rows", Row.class));
      assertThat(rows).doesNotHaveDuplicates();
      assertThat(attempted).containsAll(rows);
      acknowledged.forEach(
          (number, row) -> assertThat(rows.get(Math.toIntExact(number))).isEqualTo(row));
      for (String process : List.of("a", "b")) {
        assertThat(rows.stream().filter(row -> row.process().equals(process)).map(Row::number))
            .as("in the order of their process")
            .isSorted();
      }
    }
  }

  @Test
  void whatEitherWasToldIsThereOnceAndInOneOrder() {
    Sweep.of("two processes, log", 1_200)
        .run(crash -> {
          Told told = new Told();
          SimulatedProcess a = crash.disk().process("a");
          SimulatedProcess b = crash.disk().process("b");
          crash.run(() ->
              new Schedule(crash.disk(), crash.seed())
                  .add(a, medium -> told.write(medium, a, 2, 5))
                  .add(b, medium -> told.write(medium, b, 1, 8))
                  .run());
          crash.after(told::check);
        });
  }

  @Test
  void aKilledPeerIsTakenOverFromWhereverItStood() throws Exception {
    for (long seed = 0; seed < 3; seed++) {
      long operations = killed(Long.MAX_VALUE, seed);
      for (int at : Plan.sample(seed, Math.toIntExact(operations), 80)) {
        try {
          var _ = killed(at, seed);
        } catch (AssertionError e) {
          throw new AssertionError("killed at " + at + ", seed " + seed, e);
        }
      }
    }
  }

  /** Kills one process at an operation while the other goes on; returns how many there were. */
  private static long killed(long at, long seed) throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    SimulatedProcess victim = disk.process("a");
    SimulatedProcess other = disk.process("b");
    disk.setFaults(
        Faults.once(
            operation -> operation.number() >= at && operation.process().equals("a"),
            Faults.Outcome.KILL));
    Told told = new Told();
    new Schedule(disk, seed)
        .add(victim, medium -> told.write(medium, victim, 1, 6))
        .add(other, medium -> told.write(medium, other, 1, 6))
        .run();
    assertThat(told.acknowledged.values().stream().filter(row -> row.process().equals("b")))
        .hasSize(6);
    try (Database db = Database.open(disk.medium(), Options.DEFAULTS)) {
      told.check(db);
    }
    return disk.operations();
  }

  /** What was synced, and not seen by anybody, is wiped, and less may come in its place. */
  @Test
  void aShorterLogThanWhatADeadPeerHadSyncedIsNoDamage() throws Exception {
    long operations = Long.MAX_VALUE;
    for (long at = 0; at < operations; at++) {
      SimulatedDisk disk = new SimulatedDisk();
      SimulatedProcess victim = disk.process("a");
      try (Database other = Database.open(disk.process("b").medium(), Options.DEFAULTS)) {
        Log<Row> rows = other.log("rows", Row.class);
        rows.append(new Row("b", 0));
        long killed = disk.operations() + at;
        disk.setFaults(
            Faults.once(
                operation -> operation.number() >= killed && operation.process().equals("a"),
                Faults.Outcome.KILL));
        new Schedule(disk, at)
            .add(
                victim,
                medium -> {
                  Database open = Database.open(medium, Options.DEFAULTS);
                  open.log("rows", Row.class).append(new Row("a".repeat(1_000), 0));
                })
            .run();
        operations = victim.isKilled() ? operations : at;
        rows.append(new Row("b", 1));
      }
      try (Database db = Database.open(disk.medium(), Options.DEFAULTS)) {
        assertThat(Told.read(db.log("rows", Row.class)))
            .as("killed at %s", at)
            .contains(new Row("b", 0), new Row("b", 1));
      }
    }
  }

  @Test
  void aFailedSyncOfOneEndsBothUntilBothHaveClosed() {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database one = Database.open(disk.process("a").medium(), Options.DEFAULTS);
        Database two = Database.open(disk.process("b").medium(), Options.DEFAULTS)) {
      one.log("rows", Row.class).append(new Row("a", 0));
      two.log("rows", Row.class).append(new Row("b", 0));
      disk.setFaults(Faults.next(Operation.Kind.SYNC, Faults.Outcome.FAIL));
      assertThatExceptionOfType(DatabaseException.OutcomeUnknown.class)
          .isThrownBy(() -> one.log("rows", Row.class).append(new Row("a", 1)));
      assertThatExceptionOfType(DatabaseException.Poisoned.class)
          .isThrownBy(() -> two.log("rows", Row.class).append(new Row("b", 1)));
      assertThatExceptionOfType(DatabaseException.Poisoned.class)
          .isThrownBy(() -> Told.read(two.log("rows", Row.class)));
    }
    try (Database db = Database.open(disk.medium(), Options.DEFAULTS)) {
      assertThat(Told.read(db.log("rows", Row.class)))
          .startsWith(new Row("a", 0), new Row("b", 0))
          .doesNotContain(new Row("b", 1));
    }
  }

  @Test
  void aStoreThatOneCompactsWhileTheOtherWrites() {
    Sweep.of("two processes, store", 600)
        .run(crash -> {
          TreeMap<String, Integer> least = new TreeMap<>();
          TreeMap<String, Integer> most = new TreeMap<>();
          crash.run(() ->
              new Schedule(crash.disk(), crash.seed())
                  .add("a", medium -> put(medium, "a", least, most))
                  .add("b", medium -> put(medium, "b", least, most))
                  .run());
          crash.after(db -> {
            Map<String, Integer> found = new TreeMap<>();
            try (var entries = store(db).entries()) {
              entries.forEach(each -> found.put(each.getKey(), version(each.getValue())));
            }
            least.forEach((key, version) ->
                assertThat(found.getOrDefault(key, -1)).as(key).isBetween(version, most.get(key)));
          });
        });
  }

  private static Store<String, String> store(Database db) {
    return db.store("texts", String.class, String.class);
  }

  private static int version(Entry<String> entry) {
    return Integer.parseInt(entry.value().trim());
  }

  private static void put(
      Medium medium, String process, Map<String, Integer> least, Map<String, Integer> most) {
    try (Database db = Database.open(medium, Options.DEFAULTS)) {
      Store<String, String> store = store(db);
      for (int i = 0; i < 12; i++) {
        String key = process + i % 4;
        synchronized (most) {
          most.put(key, i);
        }
        store.put(key, i + " ".repeat(9_000));
        synchronized (most) {
          least.put(key, i);
        }
        if (i % 5 == 4) {
          store.compact();
        }
      }
    }
  }
}
