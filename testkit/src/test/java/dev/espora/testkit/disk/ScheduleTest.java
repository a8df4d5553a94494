package dev.espora.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Options;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  /** Who did what, as far as files have names of their own. */
  private static List<String> trace(long seed) throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    List<String> trace = Collections.synchronizedList(new ArrayList<>());
    disk.setFaults(operation -> {
      String path = operation.path().toString().replaceAll("-\\d+-\\d+", "");
      trace.add(operation.process() + " " + operation.kind() + " " + path);
      return Faults.Outcome.PROCEED;
    });
    new Schedule(disk, seed)
        .add("a", medium -> append(medium, 6))
        .add("b", medium -> append(medium, 6))
        .run();
    return trace;
  }

  private static void append(dev.espora.db.Medium medium, int rows) {
    try (Database db = Database.open(medium, Options.DEFAULTS)) {
      for (int i = 0; i < rows; i++) {
        db.log("rows", Integer.class).append(i);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameOrderOfOperations() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      List<String> first = trace(seed);
      for (int i = 0; i < 3; i++) {
        assertThat(trace(seed)).as("seed %s", seed).isEqualTo(first);
      }
    }
  }

  @Test
  void otherSeedsGiveOtherOrders() throws Exception {
    Set<List<String>> orders = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      orders.add(trace(seed));
    }
    assertThat(orders).hasSizeGreaterThan(15);
  }
}
