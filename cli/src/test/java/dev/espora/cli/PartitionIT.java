package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.History;
import dev.espora.testkit.history.Linearizability;
import dev.espora.testkit.history.Operation;
import dev.espora.testkit.history.Outcome;
import dev.espora.testkit.history.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes, each in a network namespace of its own, and callers of each of them while the one
 * that leads is cut off from the others: it acknowledges nothing and answers no reads, the others
 * go on, and once the cut is healed all of them agree; one order for each account explains
 * everything that all callers were told. In every second round it is cut in one direction only: it
 * hears the others, and they do not hear it.
 *
 * <p>{@code -Despora.rounds=20} makes more of the 2 rounds. Skipped where namespaces cannot be
 * made.
 */
class PartitionIT {
  private static final int ROUNDS = Integer.getInteger("espora.rounds", 2);
  private static final int NODES = 3;

  /**
   * The last of them only reads, since one that writes is soon held up by a node that is cut off.
   */
  private static final int CALLERS_A_NODE = 3;

  private static final int ACCOUNTS = 5;
  private static final int PORT = 7101;

  /** How long a node waits for a majority before it says that there is none. */
  private static final int WAIT_SECONDS = 2;

  /** So many times a caller of the node that is cut off is told that it is. */
  private static final int REFUSALS_A_CUT = 2 * CALLERS_A_NODE;

  private static final int ANSWERS_A_ROUND = 60;
  private static final long PAUSE_NANOS = 5_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path directory;

  private final Served.Bank bank = new Served.Bank();
  private final History<Booking, Balance> history = new History<>();
  private final long seed = System.nanoTime();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Long> goesOn = new ArrayList<>();
  private final List<Long> isBack = new ArrayList<>();
  private volatile int round;
  private volatile boolean stopping;

  @Test
  void aLeaderThatIsCutOffAnswersNothingAndTheOthersGoOn() throws Exception {
    Optional<String> problem = Namespaces.problem();
    assumeThat(problem).as(problem.orElse("network namespaces")).isEmpty();
    Files.write(directory.resolve("accounts.csv"), Served.Bank.accounts(ROUNDS));
    try (Namespaces network = Namespaces.create(NODES)) {
      List<Running> nodes = start();
      try {
        play(network);
        for (Running node : nodes) {
          assertThat(node.stop()).as(node.output()).isZero();
        }
      } finally {
        nodes.forEach(Running::close);
      }
    }
    Verdict.Linearizable<Long, Booking, Balance> verdict =
        Linearizability.check(bank.model(), history.operations(), bank::partition).orFail();
    System.out.printf(
        "PartitionIT: %d rounds, %d operations explained, %d of them of unknown outcome; the others"
            + " go on after %s ms, the one cut off after %s ms of being back; seed %d%n",
        ROUNDS, verdict.operations(), verdict.unknown(), goesOn, isBack, seed);
  }

  // --- the nodes

  /** All at once, since one alone waits for others. */
  private List<Running> start() throws Exception {
    List<CompletableFuture<Running>> starting = new ArrayList<>();
    for (int node = 1; node <= NODES; node++) {
      Path file = configuration(node);
      int number = node;
      CompletableFuture<Running> started = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() -> {
            try {
              started.complete(start(number, file));
            } catch (Throwable e) { // whoever waits is told
              started.completeExceptionally(e);
            }
          });
      starting.add(started);
    }
    List<Running> nodes = new ArrayList<>();
    Throwable failure = null;
    for (CompletableFuture<Running> each : starting) {
      try {
        nodes.add(each.join());
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      nodes.forEach(Running::close);
      throw new AssertionError("a node did not start", failure);
    }
    return nodes;
  }

  private Running start(int node, Path file) throws IOException {
    return Running.start(
        directory,
        Namespaces.enter(node),
        Map.of(),
        "serve",
        "bank",
        "--listen",
        "unix:" + socket(node),
        "--medium",
        "ratis:" + file,
        "--accounts",
        directory.resolve("accounts.csv").toString());
  }

  private Path configuration(int node) throws IOException {
    List<String> peers =
        IntStream.rangeClosed(1, NODES)
            .mapToObj(each -> "node-%d=%s:%d".formatted(each, Namespaces.address(each), PORT))
            .toList();
    return Files.write(
        directory.resolve("node-" + node + ".properties"),
        List.of(
            "node=node-" + node,
            "peers=" + String.join(",", peers),
            "data=node-" + node,
            "start=new",
            "plaintext=true",
            "wait.seconds=" + WAIT_SECONDS));
  }

  private Path socket(int node) {
    return directory.resolve(node + ".sock");
  }

  // --- the rounds

  private void play(Namespaces network) throws Exception {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < NODES * CALLERS_A_NODE; i++) {
      int node = 1 + i % NODES;
      String caller = "node-" + node + " caller" + i;
      Random own = new Random(seed + i);
      boolean reads = i / NODES == CALLERS_A_NODE - 1;
      callers.add(Thread.ofPlatform().name(caller).start(() -> call(node, caller, own, reads)));
    }
    try {
      for (int i = 0; i < ROUNDS; i++) {
        round = i;
        cutAndHeal(network);
      }
    } finally {
      stopping = true;
      for (Thread caller : callers) {
        caller.join();
      }
    }
    assertThat(failures).as("seed %s", seed).isEmpty();
    for (int node = 1; node <= NODES; node++) {
      lookAtAll(node);
    }
  }

  private void cutAndHeal(Namespaces network) throws Exception {
    long begun = System.nanoTime();
    String account = "account-" + firstAccount();
    awaitAnswers(begun, ANSWERS_A_ROUND, _ -> true);
    Leaders leaders = leaders();
    int group = leaders.group(account);
    await().atMost(PATIENCE).until(() -> leaders.leader(group).isPresent());
    String leader = leaders.leader(group).orElseThrow();
    int number = Integer.parseInt(leader.substring("node-".length()));
    if (round % 2 == 0) {
      network.cut(number);
    } else {
      network.mute(number);
    }
    long cut = System.nanoTime();
    Predicate<Operation<Booking, Balance>> here = each -> isOf(leader, each);
    awaitAnswers(cut, ANSWERS_A_ROUND, here.negate());
    awaitRefusals(cut, here);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(firstWrite(account, cut, here.negate())).isPresent());
    long healing = System.nanoTime();
    assertNothingAnswered(cut, healing, here);
    network.heal(number);
    long healed = System.nanoTime();
    awaitAnswers(healed, ANSWERS_A_ROUND, here);
    goesOn.add(millis(cut, firstWrite(account, cut, here.negate()).orElseThrow()));
    isBack.add(millis(healed, firstAnswer(healed, here).orElseThrow()));
    System.out.printf(
        "PartitionIT: %s %s: the others wrote after %d ms; healed after %d ms, it answers after %d"
            + " ms%n",
        leader,
        round % 2 == 0 ? "cut off" : "muted",
        goesOn.getLast(),
        (healing - cut) / 1_000_000,
        isBack.getLast());
  }

  /** Of the round: the node that leads its group is the one to be cut off. */
  private String firstAccount() {
    return String.valueOf(1 + round * ACCOUNTS);
  }

  private Leaders leaders() {
    Map<String, Path> directories = new HashMap<>();
    for (int node = 1; node <= NODES; node++) {
      directories.put("node-" + node, directory.resolve("node-" + node));
    }
    return new Leaders(directories);
  }

  private static boolean isOf(String node, Operation<Booking, Balance> operation) {
    return operation.caller().startsWith(node + " ");
  }

  private Stream<Operation<Booking, Balance>> answered(long from) {
    return history.operations().stream()
        .filter(each -> each.invokedNanos() - from > 0)
        .filter(each -> each.outcome() instanceof Outcome.Returned);
  }

  /** When a write on an account was first acknowledged that was begun after a moment. */
  private OptionalLong firstWrite(
      String account, long from, Predicate<Operation<Booking, Balance>> which) {
    return answered(from)
        .filter(each -> account.equals("account-" + each.input().account()))
        .filter(each -> each.input().cents() != 0)
        .filter(which)
        .mapToLong(Operation::returnedNanos)
        .min();
  }

  private OptionalLong firstAnswer(long from, Predicate<Operation<Booking, Balance>> which) {
    return answered(from).filter(which).mapToLong(Operation::returnedNanos).min();
  }

  private static long millis(long from, long to) {
    return (to - from) / 1_000_000;
  }

  private void awaitAnswers(long from, int count, Predicate<Operation<Booking, Balance>> which) {
    await()
        .atMost(PATIENCE)
        .until(() -> answered(from).filter(which).count() >= count || !failures.isEmpty());
  }

  /** Reads that failed, and writes; both kinds. */
  private void awaitRefusals(long from, Predicate<Operation<Booking, Balance>> which) {
    await()
        .atMost(PATIENCE)
        .until(() -> {
          List<Operation<Booking, Balance>> refused =
              history.operations().stream()
                  .filter(each -> each.invokedNanos() - from > 0)
                  .filter(which)
                  .filter(each -> !(each.outcome() instanceof Outcome.Returned))
                  .toList();
          return refused.size() >= REFUSALS_A_CUT
              && refused.stream().anyMatch(each -> each.input().cents() == 0)
              && refused.stream().anyMatch(each -> each.input().cents() != 0);
        });
  }

  private void assertNothingAnswered(
      long cut, long healing, Predicate<Operation<Booking, Balance>> which) {
    assertThat(answered(cut).filter(which).filter(each -> each.returnedNanos() - healing < 0))
        .as("answered by a node that is cut off")
        .isEmpty();
  }

  // --- the callers

  private void call(int node, String caller, Random own, boolean reads) {
    while (!stopping) {
      try (Client client = new Client(socket(node))) {
        while (!stopping) {
          ask(client, caller, reads ? new Booking(firstAccount(), 0) : bank.any(round, own));
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NANOS); // nobody says what became of it
      } catch (RuntimeException | AssertionError e) {
        failures.add(e);
        return;
      }
    }
  }

  private Optional<Balance> ask(Client client, String caller, Booking booking) throws IOException {
    var call = history.begin(caller, booking);
    Optional<Balance> answer = bank.ask(client, booking);
    answer.ifPresentOrElse(call::returned, call::failed);
    return answer;
  }

  /** What was acknowledged is there in the end, on every node. */
  private void lookAtAll(int node) throws IOException {
    try (Client client = new Client(socket(node))) {
      for (int account = 1; account <= ROUNDS * ACCOUNTS; account++) {
        Booking look = new Booking(String.valueOf(account), 0);
        assertThat(ask(client, "node-" + node + " looking", look)).isPresent();
      }
    }
  }
}
