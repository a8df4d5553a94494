package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.testkit.crash.Sweep;
import dev.espora.testkit.disk.Faults;
import dev.espora.testkit.disk.Operation;
import dev.espora.testkit.disk.SimulatedDisk;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A process opens a partition that another one has just closed, or compacts at this moment. */
class OpeningTest {

  @Test
  void aPartitionThatIsOpenedAgainWithinASessionSurvivesAPowerCutOnTheWay() {
    Sweep.of("a closed partition, opened again", 400)
        .run(crash -> {
          AtomicInteger acknowledged = new AtomicInteger();
          crash.run(() -> {
            try (Database one = open(crash.disk(), "one")) {
              try (Database two = open(crash.disk(), "two")) {
                var _ = two.log("rows", Long.class).append(0L);
                acknowledged.incrementAndGet();
              }
              var _ = one.log("rows", Long.class).append(1L);
              acknowledged.incrementAndGet();
            }
          });
          crash.after(db -> {
            try (Stream<Long> rows = db.log("rows", Long.class).rows()) {
              assertThat(rows.count()).isBetween(acknowledged.longValue(), 2L);
            }
          });
        });
  }

  private static Database open(SimulatedDisk disk, String process) {
    return Database.open(disk.process(process).medium(), Options.DEFAULTS);
  }

  @Test
  void whoOpensAPartitionWhoseBeginningIsReleasedAtThisMomentFindsTheNewOne() {
    SimulatedDisk disk = new SimulatedDisk();
    try (OpenMedium one = new OpenMedium(disk.process("one").medium(), Options.DEFAULTS);
        OpenMedium two = new OpenMedium(disk.process("two").medium(), Options.DEFAULTS)) {
      TextJournal rows = one.texts("rows", PartitionKind.STORE);
      long last = rows.fill(1 << 20, 8_000).getLast().position();
      AtomicInteger releases = new AtomicInteger();
      disk.setFaults(operation -> {
        if (isOpeningOfLog(operation) && releases.getAndIncrement() == 0) {
          rows.journal().release(last);
        }
        return Faults.Outcome.PROCEED;
      });
      TextJournal opened = two.texts("rows", PartitionKind.STORE);
      assertThat(releases).hasPositiveValue();
      assertThat(opened.journal().first()).isPositive().isEqualTo(rows.journal().first());
      assertThat(opened.rows()).isEqualTo(rows.rows()).isNotEmpty();
    }
  }

  private static boolean isOpeningOfLog(Operation operation) {
    return operation.process().equals("two")
        && operation.kind() == Operation.Kind.OPEN
        && operation.path().toString().endsWith(".log");
  }
}
