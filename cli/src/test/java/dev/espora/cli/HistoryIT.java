package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.espora.testkit.history.History;
import dev.espora.testkit.history.Linearizability;
import dev.espora.testkit.history.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Callers of a service of two instances while these are killed and stopped: one order for each
 * object explains everything that the callers were told.
 *
 * <p>{@code -Despora.rounds=1000} makes more of the 20 rounds.
 */
class HistoryIT {
  private static final int ROUNDS = Integer.getInteger("espora.rounds", 20);

  /** Of one start of the service: what is unknown adds up. */
  private static final int MOST_ROUNDS = 20;

  private static final int CALLERS = 8;
  private static final long PAUSE_NANOS = 1_000_000;

  @TempDir Path directory;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;

  @Test
  void theBankAnswersInOneOrderForEachAccount() throws Exception {
    checkAll(new Served.Bank());
  }

  @Test
  void thePeopleAnswerInOneOrderForEachNickname() throws Exception {
    checkAll(new Served.People(new AtomicLong()));
  }

  private <S, I, O> void checkAll(Served<S, I, O> served) throws Exception {
    int operations = 0;
    int unknown = 0;
    for (int done = 0; done < ROUNDS; done += MOST_ROUNDS) {
      Path data = directory.resolve("data" + done);
      var verdict = play(served, data, Math.min(MOST_ROUNDS, ROUNDS - done)).orFail();
      operations += verdict.operations();
      unknown += verdict.unknown();
    }
    System.out.println(
        "HistoryIT %s: %d rounds, %d operations explained, %d of them of unknown outcome, seed %d"
            .formatted(served.name(), ROUNDS, operations, unknown, seed));
  }

  private <S, I, O> Verdict<S, I, O> play(Served<S, I, O> served, Path data, int rounds)
      throws Exception {
    History<I, O> history = new History<>();
    int port = Espora.freePort();
    try (Up up = start(served.name(), data, port)) {
      stopping = false;
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        String caller = "caller" + i;
        Random own = new Random(seed + i);
        callers.add(Thread.ofPlatform().start(() -> call(served, port, history, caller, own)));
      }
      try {
        for (int round = 0; round < rounds; round++) {
          disturb(up, served.name() + "-" + (1 + round % 2), round);
          awaitProgress(history);
        }
      } finally {
        stopping = true;
        for (Thread caller : callers) {
          caller.join();
        }
      }
      assertThat(failures).as("seed %s", seed).isEmpty();
      assertThat(up.stop()).isZero();
    }
    return Linearizability.check(served.model(), history.operations(), served::partition);
  }

  private Up start(String service, Path data, int port) throws IOException {
    List<String> command = new ArrayList<>(List.of(Espora.PROGRAM.toString(), "up", service));
    command.addAll(List.of("--data", data.toString(), "--port", String.valueOf(port)));
    return Up.start(directory, port, command);
  }

  /** Every third time an instance is killed, else it is stopped for a moment. */
  private void disturb(Up up, String instance, int round) throws Exception {
    ProcessHandle victim = up.component(instance);
    LockSupport.parkNanos(random.nextInt(20_000_000)); // in the middle of anything
    if (round % 3 == 0) {
      victim.destroyForcibly();
      await()
          .atMost(Up.PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> up.pid(instance) != victim.pid());
      return;
    }
    signal("STOP", victim);
    LockSupport.parkNanos(random.nextInt(200_000_000));
    signal("CONT", victim);
  }

  private static void signal(String signal, ProcessHandle process)
      throws IOException, InterruptedException {
    List<String> command = List.of("kill", "-" + signal, String.valueOf(process.pid()));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }

  private static void awaitProgress(History<?, ?> history) {
    int goal = history.operations().size() + 100;
    await()
        .atMost(Up.PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> history.operations().size() >= goal);
  }

  /** One request after another; after one without an answer, on another connection. */
  private <S, I, O> void call(
      Served<S, I, O> served, int port, History<I, O> history, String caller, Random own) {
    while (!stopping) {
      try (Client client = new Client(port)) {
        while (!stopping) {
          I input = served.any(own);
          var call = history.begin(caller, input);
          call.returned(served.ask(client, input));
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NANOS); // killed, which is what this is about
      } catch (RuntimeException | AssertionError e) {
        failures.add(e);
        return;
      }
    }
  }
}
