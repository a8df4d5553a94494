package dev.espora.testkit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Durability;
import dev.espora.db.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A sweep finds what a power cut takes, and says how to see it again. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class SweepTest {

  private static void unsynced(Crash crash) throws Exception {
    crash.options(Options.DEFAULTS.withDurability(Durability.NONE));
    Rows rows = new Rows();
    crash.during(db -> rows.append(db, 20, 100));
    crash.after(rows::copy);
  }

  @Test
  void whatWasAcknowledgedWithoutASyncIsFoundMissing() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> Sweep.of("without syncs", 1_000).run(SweepTest::unsynced))
        .withMessageContaining("-Dtest=SweepTest#")
        .withMessageContaining("-Despora.seed=")
        .withMessageContaining("-Despora.crash.at=");
  }

  @Test
  void theCommandThatIsPrintedRepeatsTheFailure() {
    String first = failure();
    Matcher command =
        Pattern.compile("-Despora.seed=(\\d+) -Despora.crash.at=(\\d+)").matcher(first);
    assertThat(command.find()).as(first).isTrue();
    System.setProperty(Plan.SEED, command.group(1));
    System.setProperty(Plan.AT, command.group(2));
    try {
      assertThat(failure()).isEqualTo(first);
    } finally {
      System.clearProperty(Plan.SEED);
      System.clearProperty(Plan.AT);
    }
  }

  private static String failure() {
    try {
      Sweep.of("without syncs", 1_000).run(SweepTest::unsynced);
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
    throw new IllegalStateException("nothing was lost");
  }

  @Test
  void everyOperationIsCutWhereThereAreFewerThanWanted() {
    List<Long> cuts = new ArrayList<>();
    List<Long> operations = new ArrayList<>();
    Sweep.of("every operation", 2_000) // a slow machine may do a little more in the background
        .run(crash -> {
          Rows rows = new Rows();
          crash.during(db -> rows.append(db, 1, 10));
          crash.after(rows::copy);
          cuts.add(crash.at());
          operations.add(crash.disk().crashPoints());
        });
    long first = operations.getFirst(); // where nothing was cut
    assertThat(first).isGreaterThan(30);
    assertThat(cuts.subList(1, (int) first + 1))
        .isEqualTo(LongStream.range(0, first).boxed().toList());
  }
}
