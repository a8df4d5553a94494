package dev.espora.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Counting;
import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.db.Partition;
import dev.espora.testkit.disk.SimulatedDisk;
import org.junit.jupiter.api.Test;

/** Every acknowledged row survives a power cut at every operation, in its order. */
class LogSweepTest {

  @Test
  void rowsThatAreAppendedOneByOne() {
    Sweep.of("append", 1_200)
        .run(crash -> {
          Rows rows = new Rows();
          for (int opening = 0; opening < 2; opening++) {
            crash.during(db -> rows.append(db, 8, 700));
          }
          crash.after(rows::copy);
        });
  }

  @Test
  void rowsThatAreAppendedTogether() {
    Sweep.of("batch", 1_000)
        .run(crash -> {
          Rows rows = new Rows();
          crash.during(db -> {
            rows.appendTogether(db, 5, 100);
            rows.appendTogether(db, 12, 3_000);
          });
          crash.after(rows::copy);
        });
  }

  @Test
  void rowsBeyondTheEndOfASegment() {
    Sweep.of("segment roll", 1_200)
        .run(crash -> {
          Rows rows = new Rows();
          crash.during(db -> rows.append(db, 2, 40_000));
          crash.during(db -> rows.append(db, 1, 100_000));
          crash.after(rows::copy);
        });
  }

  @Test
  void statesWhoseSnapshotsStandForTheLogBeforeThem() {
    Sweep.of("snapshot", 1_200)
        .run(crash -> {
          Sum sum = new Sum();
          for (int opening = 0; opening < 3; opening++) {
            crash.during(db -> sum.add(db, 3));
          }
          crash.after(sum::copy);
        });
  }

  @Test
  void aRecoveryThatIsCutShort() {
    Rows before = new Rows();
    SimulatedDisk first = new SimulatedDisk();
    first.cutAt(120);
    try (Database db = Database.open(first.process("first").medium(), Options.DEFAULTS)) {
      before.append(db, 40, 900);
    } catch (RuntimeException e) {
      assertThat(first.isCut()).isTrue();
    }
    SimulatedDisk killed = first.afterKill();
    Sweep.of("recovery", 1_000)
        .run(crash -> {
          crash.onto(killed);
          Rows rows = before.copy();
          crash.during(rows);
          crash.after(rows::copy);
        });
  }

  /** Ones that were added to a sum: attempted, and acknowledged. */
  private static final class Sum implements Crash.Use {
    private long attempted;
    private long acknowledged;

    void add(Database db, int times) {
      Partition<Counting.Total, Long, Long> counter = db.partition("counter", new Counting());
      for (int i = 0; i < times; i++) {
        attempted++;
        assertThat(counter.submit(1L).result()).isEqualTo(attempted);
        acknowledged++;
      }
    }

    Sum copy() {
      Sum copy = new Sum();
      copy.attempted = attempted;
      copy.acknowledged = acknowledged;
      return copy;
    }

    @Override
    public void with(Database db) {
      long sum = db.partition("counter", new Counting()).state().sum();
      assertThat(sum).isBetween(acknowledged, attempted);
      acknowledged = sum;
      attempted = sum;
      add(db, 1);
    }
  }
}
