package dev.espora.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.testkit.disk.Faults;
import dev.espora.testkit.disk.Faults.Outcome;
import dev.espora.testkit.disk.Loss;
import dev.espora.testkit.disk.Operation;
import dev.espora.testkit.disk.SimulatedDisk;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One fault at every operation on the disk of a workload, reads included: what was acknowledged is
 * there, what was refused is not, and a write or sync whose outcome is unknown ends everything
 * until the database is opened again.
 */
class FaultSweepTest {
  private static final Set<Operation.Kind> CHANGES =
      EnumSet.of(
          Operation.Kind.CREATE,
          Operation.Kind.CREATE_DIRECTORY,
          Operation.Kind.WRITE,
          Operation.Kind.RENAME);

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {
        "FAIL",
        "NO_SPACE",
        "SHORT_THEN_FAIL",
        "SHORT_THEN_NO_SPACE",
        "OUT_OF_MEMORY",
        "STACK_OVERFLOW"
      })
  void nothingIsLostOrInventedWhereverItHappens(Outcome outcome) throws Exception {
    SimulatedDisk whole = new SimulatedDisk();
    new Run(whole).workload();
    int operations = Math.toIntExact(whole.operations());
    for (int at = 0; at < operations; at++) {
      SimulatedDisk disk = new SimulatedDisk();
      Operation[] hit = new Operation[1];
      int number = at;
      disk.setFaults(operation -> {
        if (operation.number() != number) {
          return Outcome.PROCEED;
        }
        hit[0] = operation;
        return outcome;
      });
      try {
        Run run = new Run(disk);
        run.workload();
        run.checkRefusal(hit[0], outcome);
        run.checkTwice(new Random(at));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(outcome + " at " + hit[0] + ": " + e.getMessage(), e);
      }
    }
    System.out.println("faults: " + operations + " (" + outcome + " at every operation)");
  }

  /** What a workload was told, entry by entry. */
  private static final class Run {
    private final SimulatedDisk disk;
    private final Map<Integer, String> acknowledged = new HashMap<>();
    private final Set<Integer> unknown = new HashSet<>();
    private int next;

    Run(SimulatedDisk disk) {
      this.disk = disk;
    }

    void workload() {
      for (int opening = 0; opening < 2; opening++) {
        try (Database db = Database.open(disk.process("process").medium(), Options.DEFAULTS)) {
          Store<Integer, String> store = db.store("texts", Integer.class, String.class);
          boolean poisoned = false;
          for (int i = 0; i < 8; i++) {
            poisoned = put(store, i == 4 ? 60_000 : 3_000, poisoned);
          }
          compact(store);
          put(store, 100, poisoned || db.isPoisoned());
        } catch (DatabaseException | OutOfMemoryError | StackOverflowError e) {
          // it could not be opened or closed
        }
      }
    }

    /** Returns whether the database is poisoned. */
    private boolean put(Store<Integer, String> store, int length, boolean poisoned) {
      int key = next++;
      String value = key + "x".repeat(length);
      try {
        store.create(key, value);
        assertThat(poisoned).as("a poisoned database accepts nothing").isFalse();
        acknowledged.put(key, value);
        assertThat(store.read(key).orElseThrow().value()).isEqualTo(value);
        return false;
      } catch (DatabaseException.OutcomeUnknown e) {
        unknown.add(key);
        return true;
      } catch (DatabaseException.Poisoned e) {
        return true;
      } catch (DatabaseException.OutOfSpace | DatabaseException.StorageFailed e) {
        assertThat(e.getMessage()).contains("/data");
        return poisoned;
      } catch (OutOfMemoryError | StackOverflowError e) {
        unknown.add(key);
        return poisoned;
      }
    }

    private static void compact(Store<Integer, String> store) {
      try {
        store.compact();
      } catch (DatabaseException | OutOfMemoryError | StackOverflowError e) {
        // what it moves is where it was or where it is now
      }
    }

    /** Without room nothing is begun that would have to be finished, unless a sync found it out. */
    void checkRefusal(Operation hit, Outcome outcome) {
      boolean lacksRoom = outcome == Outcome.NO_SPACE || outcome == Outcome.SHORT_THEN_NO_SPACE;
      if (lacksRoom && CHANGES.contains(hit.kind())) {
        assertThat(unknown).as("outcomes that are unknown").isEmpty();
      }
    }

    /** What is read once stays, whatever the power takes. */
    void checkTwice(Random random) {
      disk.setFaults(Faults.NONE);
      Map<Integer, String> found = check(disk);
      for (Loss loss : List.of(Loss.DROPPED, Loss.KEPT, Loss.TORN)) {
        assertThat(check(disk.afterPowerCut(loss, random)))
            .as("what was read, after loss %s", loss)
            .isEqualTo(found);
      }
    }

    private Map<Integer, String> check(SimulatedDisk on) {
      Map<Integer, String> found = new HashMap<>();
      try (Database db = Database.open(on.process("process").medium(), Options.DEFAULTS)) {
        Store<Integer, String> store = db.store("texts", Integer.class, String.class);
        try (var entries = store.entries()) {
          entries.forEach(each -> found.put(each.getKey(), each.getValue().value()));
        }
        store.put(-1, "goes on");
        found.remove(-1);
      }
      assertThat(found).containsAllEntriesOf(acknowledged);
      List<Integer> others = new ArrayList<>(found.keySet());
      others.removeAll(acknowledged.keySet());
      assertThat(unknown).containsAll(others);
      return found;
    }
  }

  @Test
  void aDiskThatIsFullFromAnyOperationOnTakesWritesAgainOnceThereIsRoom() {
    SimulatedDisk whole = new SimulatedDisk();
    new Full(whole, Long.MAX_VALUE).run();
    for (long at = 0; at < whole.operations(); at++) {
      try {
        new Full(new SimulatedDisk(), at).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("full from operation " + at + " on: " + e.getMessage(), e);
      }
    }
    System.out.println("faults: " + whole.operations() + " (disk full from every operation on)");
  }

  /** A workload on a disk that is full from some operation on, until there is room. */
  private record Full(SimulatedDisk disk, long at) {

    void run() {
      disk.setFaults(operation -> {
        if (operation.number() < at) {
          return Outcome.PROCEED;
        }
        disk.fill();
        return switch (operation.kind()) {
          case CREATE, CREATE_DIRECTORY -> Outcome.NO_SPACE;
          default -> Outcome.PROCEED;
        };
      });
      List<Integer> rows = new ArrayList<>();
      try (Database db = Database.open(disk.process("process").medium(), Options.DEFAULTS)) {
        fill(db, rows);
        disk.setFaults(Faults.NONE);
        disk.makeRoom();
        for (int i = 0; i < 3; i++) {
          append(db, rows, 100 + i);
        }
      } catch (DatabaseException.OutOfSpace e) {
        // it could not be created
      }
      disk.setFaults(Faults.NONE);
      disk.makeRoom();
      try (Database db = Database.open(disk.process("process").medium(), Options.DEFAULTS)) {
        assertThat(read(db)).isEqualTo(rows);
      }
    }

    private static void fill(Database db, List<Integer> rows) {
      for (int i = 0; i < 6; i++) {
        try {
          append(db, rows, i);
        } catch (DatabaseException.OutOfSpace e) {
          if (!rows.isEmpty()) {
            assertThat(read(db)).as("reads go on").isEqualTo(rows);
          }
        }
      }
    }

    private static void append(Database db, List<Integer> rows, int number) {
      db.log("rows", Row.class).append(new Row(number, new byte[25_000]));
      rows.add(number);
    }

    private static List<Integer> read(Database db) {
      try (var rows = db.log("rows", Row.class).rows()) {
        return rows.map(Row::number).toList();
      }
    }
  }

  record Row(int number, byte[] padding) {}
}
