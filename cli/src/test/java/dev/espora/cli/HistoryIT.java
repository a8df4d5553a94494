package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.espora.testkit.history.History;
import dev.espora.testkit.history.Linearizability;
import dev.espora.testkit.history.Operation;
import dev.espora.testkit.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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

  /** Of one start of the service, and one history in memory. */
  private static final int MOST_ROUNDS = 50;

  private static final int CALLERS = 8;
  private static final int REQUESTS_A_ROUND = 100;
  private static final long PAUSE_NANOS = 1_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile int round;
  private volatile boolean stopping;

  @Test
  void theBankAnswersInOneOrderForEachAccount() throws Exception {
    Path accounts = directory.resolve("accounts.csv");
    Files.write(accounts, Served.Bank.accounts(MOST_ROUNDS));
    checkAll(Served.Bank::new, "--accounts", accounts.toString());
  }

  @Test
  void thePeopleAnswerInOneOrderForEachNickname() throws Exception {
    checkAll(Served.People::new);
  }

  private <S, I, O> void checkAll(Supplier<Served<S, I, O>> service, String... options)
      throws Exception {
    int operations = 0;
    int unknown = 0;
    for (int done = 0; done < ROUNDS; done += MOST_ROUNDS) {
      Served<S, I, O> served = service.get();
      var history = play(served, done, Math.min(MOST_ROUNDS, ROUNDS - done), options);
      Verdict.Linearizable<S, I, O> verdict =
          Linearizability.check(served.model(), history, served::partition).orFail();
      served.checkAll(history);
      operations += verdict.operations();
      unknown += verdict.unknown();
    }
    System.out.println(
        "HistoryIT %s: %d rounds, %d operations explained, %d of them of unknown outcome, seed %d"
            .formatted(service.get().service(), ROUNDS, operations, unknown, seed));
  }

  private <S, I, O> List<Operation<I, O>> play(
      Served<S, I, O> served, int done, int rounds, String... options) throws Exception {
    History<I, O> history = new History<>();
    Path data = directory.resolve(served.service() + "-data" + done);
    try (Up up = Up.start(served.service(), directory, data, Espora.freePort(), options)) {
      stopping = false;
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        String caller = "caller" + i;
        Random own = new Random(seed + i);
        callers.add(Thread.ofPlatform().start(() -> call(served, up.port(), history, caller, own)));
      }
      try {
        for (int i = 0; i < rounds; i++) {
          round = i;
          awaitProgress(history);
          disturb(up, served.service() + "-" + (1 + i % 2));
          awaitProgress(history);
        }
      } finally {
        stopping = true;
        for (Thread caller : callers) {
          caller.join();
        }
      }
      assertThat(failures).as("seed %s", seed).isEmpty();
      lookAtAll(served, up.port(), history, "one");
      lookAtAll(served, up.port(), history, "another"); // the balancer gives it to the other one
      assertThat(up.stop()).isZero();
    }
    return history.operations();
  }

  /** Every third time an instance is killed, else it is stopped for a moment. */
  private void disturb(Up up, String instance) throws Exception {
    ProcessHandle victim = up.component(instance);
    LockSupport.parkNanos(random.nextInt(20_000_000)); // in the middle of anything
    if (round % 3 == 0) {
      victim.destroyForcibly();
      await()
          .atMost(PATIENCE)
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

  private void awaitProgress(History<?, ?> history) {
    int goal = history.size() + REQUESTS_A_ROUND;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> history.size() >= goal || !failures.isEmpty());
  }

  /**
   * One request after another; after one without an answer, on another connection. That one is
   * tried with a question: the balancer closes it at once if no instance is there, hundreds of
   * times until one is back, and nobody can know that a transaction sent on it went nowhere.
   */
  private <S, I, O> void call(
      Served<S, I, O> served, int port, History<I, O> history, String caller, Random own) {
    while (!stopping) {
      try (Client client = new Client(port)) {
        ask(served, client, history, caller, served.look(served.any(round, own)));
        while (!stopping) {
          ask(served, client, history, caller, served.any(round, own));
          if (own.nextInt(10) == 0) {
            served.askAboutAll(client, caller);
          }
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

  private static <S, I, O> Optional<O> ask(
      Served<S, I, O> served, Client client, History<I, O> history, String caller, I input)
      throws IOException {
    var call = history.begin(caller, input);
    Optional<O> answer = served.ask(client, input);
    answer.ifPresentOrElse(call::returned, call::failed);
    return answer;
  }

  /** What was acknowledged is there in the end. */
  private static <S, I, O> void lookAtAll(
      Served<S, I, O> served, int port, History<I, O> history, String caller) throws IOException {
    Map<Object, I> objects =
        history.operations().stream()
            .map(Operation::input)
            .collect(Collectors.toMap(served::partition, Function.identity(), (one, _) -> one));
    try (Client client = new Client(port)) {
      for (I input : objects.values()) {
        assertThat(ask(served, client, history, caller, served.look(input))).isPresent();
      }
      served.askAboutAll(client, caller);
    }
  }
}
