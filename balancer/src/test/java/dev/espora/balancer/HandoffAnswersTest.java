package dev.espora.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An instance that answers any bytes for the descriptors it gets: each client is served by one
 * instance or cut off, and nobody else notices. {@code -Despora.sequences=N} makes more of them,
 * {@code -Despora.seed=N} the same again.
 */
class HandoffAnswersTest {
  private static final int SEQUENCES = Integer.getInteger("espora.sequences", 20);
  private static final int CLIENTS = 8;

  @TempDir Path directory;

  @Test
  void whateverAnInstanceAnswersEachClientIsServedOrCutOff() throws Exception {
    long seed = Long.getLong("espora.seed", System.nanoTime());
    BalancerLimits limits =
        BalancerLimits.DEFAULTS
            .withHandoffTimeout(Duration.ofMillis(50))
            .withQueueTimeout(Duration.ofMillis(50));
    int served = 0;
    try (HandoffInstance odd =
            new HandoffInstance("odd", directory.resolve("odd"), HandoffInstance.Mode.SCRIPTED);
        HandoffInstance sane =
            new HandoffInstance("sane", directory.resolve("sane"), HandoffInstance.Mode.ACCEPT);
        Balancer balancer =
            Balancer.start(Balancers.options(odd.upstream(), sane.upstream()).withLimits(limits))) {
      for (int sequence = 0; sequence < SEQUENCES; sequence++) {
        Random random = new Random(seed + sequence);
        odd.script(() -> answers(random));
        served += play(balancer, seed + sequence);
      }
      odd.mode(HandoffInstance.Mode.ACCEPT);
      await("the odd one, sane again, serves").until(() -> nameServing(balancer).equals("odd"));
      assertThat(nameServing(balancer)).isEqualTo("sane");
    }
    System.out.println(
        "handovers: %d sequences of answers, %d of %d clients served, seed %d"
            .formatted(SEQUENCES, served, SEQUENCES * CLIENTS, seed));
    assertThat(served).isBetween(SEQUENCES * CLIENTS / 2, SEQUENCES * CLIENTS);
  }

  /** Mostly what the protocol knows, now and then the end of it, too much, or any byte. */
  private static byte[] answers(Random random) {
    byte[] answers = new byte[random.nextInt(8) == 0 ? random.nextInt(4) : 1];
    for (int i = 0; i < answers.length; i++) {
      answers[i] =
          switch (random.nextInt(8)) {
            case 0 -> (byte) random.nextInt(256);
            case 1, 2 -> 'R';
            default -> 'A';
          };
    }
    return answers;
  }

  /** Returns how many clients were served. */
  private static int play(Balancer balancer, long seed) throws Exception {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(TestClient.connect(balancer));
    }
    int served = 0;
    for (TestClient client : clients) {
      String name = lineOrEnd(client);
      assertThat(name).as("seed %d", seed).isIn("odd", "sane", "");
      served += name.isEmpty() ? 0 : 1;
      client.close();
    }
    await("seed " + seed).until(() -> balancer.statistics().active() == 0);
    return served;
  }

  private static String nameServing(Balancer balancer) throws Exception {
    try (TestClient client = TestClient.connect(balancer)) {
      return lineOrEnd(client);
    }
  }

  private static String lineOrEnd(TestClient client) throws Exception {
    try {
      return client.line();
    } catch (java.net.SocketException _) {
      return ""; // reset
    }
  }
}
