package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Honest clients beside hostile ones, through a balancer that hands over and one that relays: every
 * honest request is answered and right, and afterwards no process holds more than before.
 *
 * <p>{@code -Despora.hostile=10000 -Despora.honest=1000} is the long form.
 */
class HostileClientsIT {
  private static final int HOSTILE = Integer.getInteger("espora.hostile", 600);
  private static final int HONEST = Integer.getInteger("espora.honest", 100);
  private static final long SEED = Long.getLong("espora.seed", System.nanoTime());

  /** This process has an end of each connection, a balancer has two. */
  private static final int AT_ONCE = Math.min(HOSTILE * 2 / 5, 4_000);

  /**
   * After which the relaying balancer gives up clients that never read. Whoever waits for an answer
   * is idle too, so the more come at once, the longer it has to be: in the long form longer than
   * the 30 s within which an instance answers.
   */
  private static final int IDLE_SECONDS = Math.max(12, HOSTILE / 250);

  @TempDir Path directory;

  @Test
  void honestClientsAreServedAndNothingIsLeftBehind() throws Exception {
    assumeThat(Path.of("/proc/self/fd")).as("/proc").isDirectory();
    try (Edge handoff = Edge.start(Edge.Way.HANDOFF, directory.resolve("handoff"));
        Edge relay =
            Edge.start(
                Edge.Way.RELAY, directory.resolve("relay"), "--idle-timeout", IDLE_SECONDS + "s");
        Siege first = new Siege(handoff.port(), SEED);
        Siege second = new Siege(relay.port(), SEED)) {
      // Both at a time, since most of a siege is waiting for others to give up.
      try (ExecutorService besiegers = Executors.newFixedThreadPool(2)) {
        Callable<Void> ofHandoff = () -> withstand(handoff, first);
        Callable<Void> ofRelay = () -> withstand(relay, second);
        for (Future<Void> each : besiegers.invokeAll(List.of(ofHandoff, ofRelay))) {
          each.get();
        }
      }
    }
  }

  private static Void withstand(Edge edge, Siege siege) throws Exception {
    end(edge, siege, besiege(edge, siege));
    return null;
  }

  /** Returns what the processes had between a first, small siege and the real one. */
  private static Map<String, Belongings> besiege(Edge edge, Siege siege) throws Exception {
    try {
      siege.honest(20);
      siege.hostile(10 * Hostile.values().length, 20);
      siege.awaitEnd();
      Map<String, Belongings> before = belongings(edge);
      siege.neverReading(4);
      siege.slow(8);
      siege.silent(AT_ONCE / 2);
      siege.hostile(HOSTILE - AT_ONCE / 2, AT_ONCE / 2);
      siege.honest(HONEST);
      siege.awaitEnd();
      siege.endSilent();
      return before;
    } catch (Exception | AssertionError e) {
      throw failed(edge, e);
    }
  }

  private static void end(Edge edge, Siege siege, Map<String, Belongings> before) throws Exception {
    try {
      // Those that never read are still there: the other ends are closed without them.
      await()
          .atMost(Duration.ofSeconds(60 + IDLE_SECONDS))
          .pollInterval(Duration.ofMillis(100))
          .untilAsserted(() -> assertNothingLeft(before, belongings(edge)));
      siege.assertBalances();
      System.out.printf(
          "hostile clients: %s (%d at once); left %s, seed %d%n",
          siege, AT_ONCE, belongings(edge), SEED);
      edge.stop();
    } catch (Exception | AssertionError e) {
      throw failed(edge, e);
    }
  }

  private static AssertionError failed(Edge edge, Throwable e) throws IOException {
    return new AssertionError("seed " + SEED + "\n" + edge.log(), e);
  }

  private static void assertNothingLeft(
      Map<String, Belongings> before, Map<String, Belongings> after) {
    before.forEach((name, had) ->
        assertThat(after.get(name))
            .extracting(now -> now.beyond(had))
            .as("what %s kept", name)
            .isEqualTo(Map.of()));
  }

  private static Map<String, Belongings> belongings(Edge edge) throws IOException {
    Map<String, Belongings> all = new TreeMap<>();
    for (Map.Entry<String, ProcessHandle> one : edge.components().entrySet()) {
      all.put(one.getKey(), Belongings.of(one.getValue()));
    }
    return all;
  }
}
