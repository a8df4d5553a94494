package dev.espora.bench;

import dev.espora.bench.strategies.Ledger;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Transactions on five hot accounts: Espora in one process and in two, beside the original's way in
 * two. Every measurement runs in fresh JVMs and on fresh files, and counts only if each balance is
 * the sum of what was acknowledged.
 */
public final class LedgerBench {

  /**
   * {@link Settings#DEFAULTS} with platform threads, up to 64 of them, and five rounds of two
   * seconds, since each of them starts JVMs.
   */
  public static final Settings DEFAULTS =
      Settings.DEFAULTS
          .withCallers(List.of(Callers.PLATFORM))
          .withThreads(List.of(1, 8, 64))
          .withRounds(5)
          .withMeasured(Duration.ofSeconds(2));

  /** For the start of a JVM and the check after it, beside what is measured. */
  private static final Duration OVERHEAD = Duration.ofSeconds(1);

  private LedgerBench() {}

  /**
   * Runs it and prints what it found. Two processes get half of the largest number of threads each.
   *
   * @throws IllegalStateException if a balance is not what was acknowledged
   */
  public static void run(Settings settings, PrintStream out) {
    int steps = settings.callers().size() * setups(settings).size() * settings.rounds();
    Duration step = settings.measured().plus(settings.warmup()).plus(OVERHEAD);
    Progress progress = Progress.begin(out, settings, steps, step.multipliedBy(steps));
    Table table =
        new Table()
            .column("callers", 0)
            .column("side", 0)
            .column("transactions/s", 0)
            .column("min", 0)
            .column("max", 0)
            .column("/ one process", 2)
            .column("/ flock", 2)
            .column("/ FileChannel.lock", 2)
            .column("p50 µs", 0)
            .column("p99 µs", 0)
            .column("smallest share %", 0);
    try (Workplace workplace = Workplace.in(settings.directory())) {
      for (Callers callers : settings.callers()) {
        measure(callers, settings, workplace, progress, table);
      }
    }
    progress.end();
    new Report(
            "ledger",
            table,
            List.of(
                "A side is its way, processes x threads in each; every one starts in fresh JVMs, on"
                    + " fresh files, and is warmed up.",
                "After each round the balances were the sums of what was acknowledged.",
                "The original's way rewrites and syncs a page of 4096 bytes under an exclusive file"
                    + " lock for every transaction: flock(2), or the record lock that Java offers."))
        .print(out, settings);
  }

  /** A way of storing, in so many processes with so many threads each. */
  private record Setup(LedgerWorker.Way way, int processes, int threads) {
    String name() {
      return way + " " + processes + " x " + threads;
    }
  }

  private static List<Setup> setups(Settings settings) {
    List<Setup> setups = new ArrayList<>();
    for (int threads : settings.threads()) {
      setups.add(new Setup(LedgerWorker.Way.ESPORA, 1, threads));
    }
    for (LedgerWorker.Way way : LedgerWorker.Way.values()) {
      setups.add(new Setup(way, 2, half(settings)));
    }
    return setups;
  }

  private static int half(Settings settings) {
    return Math.max(1, most(settings) / 2);
  }

  private static int most(Settings settings) {
    return Collections.max(settings.threads());
  }

  private static void measure(
      Callers callers, Settings settings, Workplace workplace, Progress progress, Table table) {
    List<Setup> setups = setups(settings);
    List<Side<Figures>> sides = new ArrayList<>();
    for (Setup setup : setups) {
      sides.add(new Side<>(setup.name(), () -> round(setup, callers, settings, workplace)));
    }
    Comparison<Figures> comparison = Comparison.run(sides, settings.rounds(), progress);
    String oneProcess = new Setup(LedgerWorker.Way.ESPORA, 1, most(settings)).name();
    String flock = new Setup(LedgerWorker.Way.ORIGINAL, 2, half(settings)).name();
    String recordLock = new Setup(LedgerWorker.Way.ORIGINAL_RECORD_LOCK, 2, half(settings)).name();
    for (Side<Figures> side : sides) {
      Spread rate = comparison.spread(side.name(), Figures::perSecond);
      table.row(
          callers.toString(),
          side.name(),
          rate.median(),
          rate.min(),
          rate.max(),
          comparison.ratio(side.name(), oneProcess, Figures::perSecond),
          comparison.ratio(side.name(), flock, Figures::perSecond),
          comparison.ratio(side.name(), recordLock, Figures::perSecond),
          comparison.spread(side.name(), Figures::p50Micros).median(),
          comparison.spread(side.name(), Figures::p99Micros).median(),
          comparison.spread(side.name(), Figures::smallestShare).min() * 100);
    }
  }

  private static Figures round(
      Setup setup, Callers callers, Settings settings, Workplace workplace) {
    Path directory = workplace.resolve("ledger");
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LedgerWorker worker =
        new LedgerWorker(
            setup.way(),
            directory,
            new Load(callers, setup.threads()),
            settings.warmup(),
            settings.measured());
    List<LedgerWorker.Result> results = runTogether(worker, setup.processes());
    check(setup, directory, results);
    Workplace.delete(directory);
    return Figures.together(results.stream().map(LedgerWorker.Result::sample).toList());
  }

  private static List<LedgerWorker.Result> runTogether(LedgerWorker worker, int processes) {
    List<ChildJvm> children = new ArrayList<>();
    try {
      for (int i = 0; i < processes; i++) {
        children.add(ChildJvm.start(worker.arguments()));
      }
      for (ChildJvm child : children) {
        String ready = child.receive();
        if (!ready.equals("ready")) {
          throw new IllegalStateException("a child process said '" + ready + "'");
        }
      }
      children.forEach(child -> child.send("go"));
      return children.stream().map(ChildJvm::receive).map(LedgerWorker.Result::parse).toList();
    } finally {
      children.forEach(ChildJvm::close);
    }
  }

  private static void check(Setup setup, Path directory, List<LedgerWorker.Result> results) {
    try (Ledger ledger = setup.way().open(directory)) {
      for (int i = 0; i < Ledger.ACCOUNTS; i++) {
        int account = i;
        long acknowledged =
            results.stream().mapToLong(result -> result.acknowledgedCents().get(account)).sum();
        long balance = ledger.balance(account);
        if (balance != acknowledged) {
          throw new IllegalStateException(
              "%s: account %d has %d cents, but %d were acknowledged"
                  .formatted(setup.name(), account + 1, balance, acknowledged));
        }
      }
    }
  }
}
