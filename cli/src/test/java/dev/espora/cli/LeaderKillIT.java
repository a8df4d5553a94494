package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.espora.cli.Deposits.Deposit;
import dev.espora.cli.Deposits.Fate;
import dev.espora.cli.Deposits.Since;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes, and SIGKILL for the one that leads, under load, in rounds: the others go on at once,
 * it comes back and catches up, and what was acknowledged is there once, on all of them.
 *
 * <p>{@code -Despora.rounds=20} makes more rounds than one.
 */
class LeaderKillIT {
  private static final int ROUNDS = Integer.getInteger("espora.rounds", 1);
  private static final int NODES = 3;
  private static final int CALLERS = 8;

  /** Each round has its own, so that logs stay short enough to be kept as a whole. */
  private static final int ACCOUNTS = 5;

  private static final int REQUESTS_A_ROUND = 150;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Pattern MOVED = Pattern.compile("amount=(\\d+), description=(\\w+)[^\\w]");

  @TempDir Path directory;

  /** Of each round, milliseconds until writes went on where the killed node had led. */
  private final List<Long> goesOn = new ArrayList<>();

  @Test
  void whatLeadsIsKilledAndTheOthersGoOn() throws Exception {
    Path data = directory.resolve("data");
    Leaders leaders = Leaders.of(data, NODES);
    try (Up up = start(data)) {
      Deposits deposits = new Deposits(up.port(), CALLERS, ACCOUNTS);
      try (deposits) {
        for (int round = 0; round < ROUNDS; round++) {
          int first = 1 + round * ACCOUNTS;
          deposits.creditFrom(first);
          awaitAcknowledged(deposits);
          kill(up, leaders, deposits, first);
          awaitAcknowledged(deposits);
        }
      } finally {
        report(deposits);
      }
      assertThat(deposits.failures()).isEmpty();
      Books books = new Books(deposits.book());
      for (int node = 1; node <= NODES; node++) {
        books.checkThrough(up, "bank-" + node);
      }
      for (int account = 1; account <= ROUNDS * ACCOUNTS; account++) {
        for (Path copy : leaders.copies(leaders.group("account-" + account))) {
          books.checkCopy(copy, account);
        }
      }
      System.out.printf("LeaderKillIT: %s%n", books);
      assertThat(books.lost).as("acknowledged and lost").isZero();
      assertThat(books.twice).as("applied twice").isZero();
      assertThat(books.invented).as("there though refused, or never sent").isZero();
      assertThat(up.stop()).isZero();
    }
    assertThat(goesOn).allMatch(each -> each < Up.BACK_WITHIN.toMillis());
  }

  private Up start(Path data) throws IOException {
    Path accounts = directory.resolve("accounts.csv");
    Files.write(accounts, Served.Bank.accounts(ROUNDS));
    return Up.start(
        directory,
        data,
        Espora.freePort(),
        "--nodes",
        String.valueOf(NODES),
        "--accounts",
        accounts.toString());
  }

  private static void awaitAcknowledged(Deposits deposits) {
    long goal = deposits.acknowledged() + REQUESTS_A_ROUND;
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> deposits.acknowledged() >= goal || !deposits.failures().isEmpty());
  }

  /** Kills the node that leads the group of the first account, at least. */
  private void kill(Up up, Leaders leaders, Deposits deposits, int first) throws IOException {
    int group = leaders.group("account-" + first);
    await().atMost(PATIENCE).until(() -> leaders.leader(group).isPresent());
    String node = leaders.leader(group).orElseThrow();
    List<Integer> led = new ArrayList<>();
    List<Integer> accounts = IntStream.range(first, first + ACCOUNTS).boxed().toList();
    for (int account : accounts) {
      if (leaders.leader(leaders.group("account-" + account)).equals(Optional.of(node))) {
        led.add(account);
      }
    }
    String name = node.replace("node-", "bank-");
    ProcessHandle killed = up.component(name);
    Since since = deposits.mark();
    killed.destroyForcibly();
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> since.hasAll(accounts));
    goesOn.add(led.stream().mapToLong(since::millis).min().orElseThrow());
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> up.pid(name) != killed.pid());
    System.out.printf(
        "LeaderKillIT: %s killed; writes go on after %d ms, on every account after %d ms; it is back"
            + " after %d ms%n",
        node,
        goesOn.getLast(),
        accounts.stream().mapToLong(since::millis).max().orElseThrow(),
        since.millisSoFar());
    try (Client client = up.connect(name)) {
      assertThat(client.statement(first).number("total")).as("through " + name).isPositive();
    }
  }

  private void report(Deposits deposits) {
    List<Long> sorted = goesOn.stream().sorted().toList();
    System.out.printf(
        "LeaderKillIT: %d rounds; from the kill to the first success of what was begun after it:"
            + " median %d ms, longest %d ms; %s, %d requests without an answer%n",
        sorted.size(),
        sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2),
        sorted.isEmpty() ? 0 : sorted.getLast(),
        deposits.fates(),
        deposits.unanswered());
  }

  /** What was told of the deposits, beside what the nodes have. */
  private static final class Books {
    private final Map<Integer, Map<String, Deposit>> deposits = new HashMap<>();
    private final Map<Deposit, Fate> fates;
    private final Map<Integer, Long> totals = new TreeMap<>();
    private int lost;
    private int twice;
    private int invented;
    private int found;

    Books(Map<Deposit, Fate> fates) {
      this.fates = fates;
      fates
          .keySet()
          .forEach(each ->
              deposits
                  .computeIfAbsent(each.account(), _ -> new HashMap<>())
                  .put(each.description(), each));
    }

    /** The balances lie between what was acknowledged and what may be; all nodes say the same. */
    void checkThrough(Up up, String name) throws IOException {
      try (Client client = up.connect(name)) {
        for (int account : deposits.keySet()) {
          long total = client.statement(account).number("total");
          assertThat(total)
              .as("account %d through %s", account, name)
              .isBetween(sum(account, false), sum(account, true));
          assertThat(totals.computeIfAbsent(account, _ -> total))
              .as("account %d through %s", account, name)
              .isEqualTo(total);
        }
      }
    }

    private long sum(int account, boolean withUnknown) {
      return deposits.getOrDefault(account, Map.of()).values().stream()
          .filter(each ->
              fates.get(each) == Fate.ACKNOWLEDGED
                  || (withUnknown && fates.get(each) == Fate.UNKNOWN))
          .mapToLong(Deposit::cents)
          .sum();
    }

    /** Each transaction of an account that one node has. */
    void checkCopy(Path copy, int account) {
      Map<String, Deposit> sent = deposits.getOrDefault(account, Map.of());
      Map<String, Integer> times = new HashMap<>();
      try (RecordCursor cursor = DatabaseTools.at(copy).records("account-" + account, 0)) {
        for (Optional<StoredRecord> next = cursor.next(); next.isPresent(); next = cursor.next()) {
          String text = next.get().value().toString();
          Matcher moved = MOVED.matcher(text);
          assertThat(moved.find()).as(text).isTrue();
          times.merge(Objects.requireNonNull(moved.group(2)), 1, Integer::sum);
        }
        assertThat(cursor.skipped()).isZero();
      }
      found += times.size();
      times.forEach((description, count) -> {
        Deposit deposit = sent.get(description);
        if (deposit == null || fates.get(deposit) == Fate.REFUSED) {
          invented++;
        }
        if (count > 1) {
          twice++;
        }
      });
      sent.forEach((description, deposit) -> {
        if (fates.get(deposit) == Fate.ACKNOWLEDGED && !times.containsKey(description)) {
          lost++;
        }
      });
    }

    @Override
    public String toString() {
      return "%d transactions on the nodes together, lost %d, twice %d, invented %d"
          .formatted(found, lost, twice, invented);
    }
  }
}
