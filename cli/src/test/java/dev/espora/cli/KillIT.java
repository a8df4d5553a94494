package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL under load: what was acknowledged is there, once.
 *
 * <p>{@code -Despora.answers=300} is a longer form.
 */
class KillIT {
  private static final int CALLERS = 16;

  /** Times the number of the round: each has more to find again than the one before. */
  private static final int ANSWERS_A_ROUND = Integer.getInteger("espora.answers", 100);

  @TempDir Path directory;

  @Test
  void oneInstanceKilledTheOtherGoesOnAndItIsBackInTime() throws Exception {
    try (Up up = start(Espora.freePort())) {
      Load load = new Load(up.port(), "one", CALLERS);
      try (load) {
        awaitAnswers(load, 500);
        for (String name : List.of("bank-1", "bank-2")) {
          ProcessHandle killed = up.component(name);
          long answersBefore = load.answers();
          killed.destroyForcibly();
          await()
              .atMost(Up.BACK_WITHIN)
              .pollInterval(Duration.ofMillis(10))
              .until(() -> up.pid(name) != killed.pid());
          // The kernel frees the lock of a dead holder once it has taken the process apart.
          awaitAnswers(load, answersBefore + 500);
        }
      }
      assertThat(load.unexpected()).isEmpty();
      assertBooksMatch(up, load, new long[6]);
    }
  }

  @Test
  void everythingKilledTenTimes() throws Exception {
    int port = Espora.freePort();
    long[] settled = new long[6];
    Load before = null;
    for (int round = 1; round <= 10; round++) {
      try (Up up = start(port)) {
        checkBooks(up, before, settled);
        Load load = new Load(port, "round" + round, CALLERS);
        try (load) {
          awaitAnswers(load, (long) ANSWERS_A_ROUND * round);
          up.killEverything();
        }
        before = load;
      }
    }
    try (Up up = start(port)) {
      checkBooks(up, before, settled);
      assertThat(up.stop()).isZero();
    }
  }

  private static void checkBooks(Up up, @Nullable Load before, long[] settled) throws IOException {
    if (before != null) {
      assertThat(before.unexpected()).isEmpty();
      assertBooksMatch(up, before, settled);
    }
  }

  @Test
  void balancerKilledConnectionsLiveOnAndNewOnesAreSoonAccepted() throws Exception {
    try (Up up = start(Espora.freePort());
        Client connected = new Client(up.port())) {
      assertThat(connected.transaction(1, 5, 'c', "before").status()).isEqualTo(200);
      ProcessHandle killed = up.component("balancer");
      killed.destroyForcibly();
      killed.onExit().join();
      assertThat(connected.transaction(1, 5, 'c', "without").status()).isEqualTo(200);
      await()
          .atMost(Up.BACK_WITHIN)
          .pollInterval(Duration.ofMillis(10))
          .ignoreExceptionsInstanceOf(IOException.class)
          .untilAsserted(() -> {
            try (Client client = new Client(up.port())) {
              assertThat(client.statement(1).number("total")).isEqualTo(10);
            }
          });
      assertThat(up.stop()).isZero();
    }
  }

  /**
   * The balances lie between what was acknowledged and what may have happened besides; once the
   * unknown ones are repeated with their keys, they are exact. {@code settled} are the balances
   * before the load, and after it.
   */
  private static void assertBooksMatch(Up up, Load load, long[] settled) throws IOException {
    try (Client client = new Client(up.port())) {
      for (int account = 1; account <= 5; account++) {
        long acknowledged = settled[account] + load.acknowledged(account);
        assertThat(client.statement(account).number("total"))
            .as("account " + account)
            .isBetween(acknowledged, acknowledged + load.unknown(account));
      }
      load.settle();
      for (int account = 1; account <= 5; account++) {
        settled[account] += load.acknowledged(account);
        assertThat(client.statement(account).number("total"))
            .as("account " + account + " settled")
            .isEqualTo(settled[account]);
      }
    }
  }

  private static void awaitAnswers(Load load, long count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> load.answers() >= count);
  }

  private Up start(int port) throws IOException {
    return Up.start(directory, directory.resolve("data"), port);
  }
}
