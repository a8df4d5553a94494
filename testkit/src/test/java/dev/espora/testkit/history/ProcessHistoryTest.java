package dev.espora.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.espora.db.DatabaseException;
import dev.espora.db.disk.Disk;
import dev.espora.db.file.FileMedium;
import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes, and this one, on one database, while processes are killed and stopped: at any
 * moment, and where they hold the lock of a partition. Everything that all of them were told is
 * explained by one order for each key and each account.
 *
 * <p>{@code -Despora.rounds=1000} makes more of the 20 rounds.
 */
class ProcessHistoryTest {
  private static final int ROUNDS = Integer.getInteger("espora.rounds", 20);

  /** Of one database: what is unknown adds up. */
  private static final int MOST_ROUNDS = 20;

  private static final Duration LOCK_WAIT = Duration.ofMillis(300);

  @TempDir Path temporary;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<HistoryChild> children = new ArrayList<>();
  private final List<Operation<Ask, Told>> allAsked = new ArrayList<>();
  private final List<Operation<Booking, Balance>> allBooked = new ArrayList<>();
  private Path directory = Path.of("");
  private History<Ask, Told> asked = new History<>();
  private History<Booking, Balance> booked = new History<>();

  @BeforeEach
  void signalsAreThere() {
    assumeThat(Path.of("/proc/self")).as("signals of a Unix").exists();
  }

  @AfterEach
  void endAll() {
    children.forEach(HistoryChild::kill);
  }

  @Test
  void whatAllProcessesWereToldIsExplainedByOneOrderWhoeverIsKilledOrStopped() throws Exception {
    int operations = 0;
    int unknown = 0;
    for (int done = 0; done < ROUNDS; done += MOST_ROUNDS) {
      int rounds = Math.min(MOST_ROUNDS, ROUNDS - done);
      playBlock(temporary.resolve("block" + done), rounds);
      var store = Linearizability.check(new KeyValue(), allAsked, Ask::key).orFail();
      var accounts =
          Linearizability.check(new Account(_ -> Ledger.LIMIT), allBooked, Booking::account)
              .orFail();
      assertThat(store.partitions()).isEqualTo(Workload.KEYS.size());
      assertThat(accounts.partitions()).isEqualTo(Workload.ACCOUNTS.size());
      operations += store.operations() + accounts.operations();
      unknown += store.unknown() + accounts.unknown();
    }
    System.out.println(
        "ProcessHistoryTest: "
            + ROUNDS
            + " rounds, "
            + operations
            + " operations explained, "
            + unknown
            + " of them of unknown outcome, seed "
            + seed);
    assertThat(unknown).as("somebody was killed in the middle of something").isPositive();
  }

  /** So many rounds on one database. */
  private void playBlock(Path place, int rounds) throws Exception {
    directory = place.resolve("data");
    asked = new History<>();
    booked = new History<>();
    allAsked.clear();
    allBooked.clear();
    children.clear();
    Files.createDirectory(place);
    Workload workload = open();
    try {
      for (int round = 0; round < rounds; round++) {
        startMissing();
        workload = play(round, workload);
      }
      for (HistoryChild child : alive()) {
        assertThat(child.stop()).as("seed %s", seed).isZero();
      }
      workload.readAll("last");
    } finally {
      endAll();
      workload.close();
    }
    allAsked.addAll(asked.operations());
    allBooked.addAll(booked.operations());
    for (HistoryChild child : children) {
      allAsked.addAll(child.asked());
      allBooked.addAll(child.booked());
    }
  }

  private Workload open() {
    FileMedium medium = new FileMedium(Disk.local(), directory);
    return new Workload(medium, LOCK_WAIT, asked, booked);
  }

  /** Two processes are at work afterwards. */
  private void startMissing() throws IOException {
    while (alive().size() < 2) {
      String name = "process" + children.size();
      children.add(HistoryChild.start(directory, name, random.nextLong()));
    }
    for (HistoryChild child : alive()) {
      child.awaitReady();
    }
  }

  private List<HistoryChild> alive() {
    return children.stream().filter(HistoryChild::isAlive).toList();
  }

  /** Returns the database that is open here afterwards. */
  private Workload play(int round, Workload workload) throws Exception {
    HistoryChild victim = alive().get(random.nextInt(2));
    String partition =
        random.nextBoolean()
            ? Workload.STORE
            : Workload.ACCOUNTS.get(random.nextInt(Workload.ACCOUNTS.size()));
    victim.awaitProgress(20 + random.nextInt(100));
    switch (round % 5) {
      case 0 -> victim.kill();
      case 1 -> killHolder(victim, partition, workload);
      case 2 -> stopAnywhere(victim, workload);
      case 3 -> stopHolder(victim, partition, workload);
      default -> {
        // Nobody is left who knows: the next one recovers.
        children.forEach(HistoryChild::kill);
        workload.close();
        return goneOn(open());
      }
    }
    return goneOn(workload);
  }

  private HoldingDisk.Point point() {
    HoldingDisk.Point[] all = HoldingDisk.Point.values();
    return all[random.nextInt(all.length)];
  }

  private void killHolder(HistoryChild victim, String partition, Workload workload)
      throws IOException {
    victim.hold(partition, point());
    victim.kill();
    patiently(() -> workload.write("heir", partition));
  }

  /** The lock is its own as long as it is stopped, whoever else wants it. */
  private void stopHolder(HistoryChild victim, String partition, Workload workload)
      throws Exception {
    victim.hold(partition, point());
    victim.signal("STOP");
    assertThatThrownBy(() -> workload.write("refused", partition))
        .isInstanceOf(DatabaseException.Busy.class)
        .hasMessageContaining("is held by process " + victim.pid());
    victim.signal("CONT");
    victim.release();
    patiently(() -> workload.write("patient", partition));
    victim.awaitProgress(20);
  }

  private void stopAnywhere(HistoryChild victim, Workload workload) throws Exception {
    victim.signal("STOP");
    for (int i = 0; i < 10; i++) {
      try {
        workload.askAny("meanwhile", random);
        workload.bookAny("meanwhile", random);
      } catch (DatabaseException.Busy e) {
        assertThat(e).hasMessageContaining("is held by ");
      }
    }
    victim.signal("CONT");
    victim.awaitProgress(20);
  }

  private Workload goneOn(Workload workload) {
    for (int i = 0; i < 10; i++) {
      patiently(() -> workload.askAny("survivor", random));
      patiently(() -> workload.bookAny("survivor", random));
    }
    workload.readAll("survivor");
    return workload;
  }

  /** Others want the lock, too; a machine may be busy. */
  private static void patiently(Runnable operation) {
    for (int attempt = 1; ; attempt++) {
      try {
        operation.run();
        return;
      } catch (DatabaseException.Busy e) {
        if (attempt == 50) {
          throw e;
        }
      }
    }
  }
}
