package dev.espora.bench;

import dev.espora.bench.PeerWork.Task;
import dev.espora.bench.PeerWork.Writes;
import dev.espora.bench.peers.Entries;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Durable writes into a store that was empty before the warm-up: puts of random keys, or bookings
 * on five accounts. The syncs of every engine are counted, and one that acknowledges without them
 * is not listed.
 */
final class PeerWrites {
  private static final Entries ENTRIES = new Entries(100_000);

  /** How long syncs are counted, at most. */
  private static final Duration COUNTED = Duration.ofMillis(500);

  /** What is written. */
  enum Kind {
    PUTS(Task.PUT, "put"),
    LEDGER(Task.BOOK, "transaction");

    final Task task;
    final String unit;

    Kind(Task task, String unit) {
      this.task = task;
      this.unit = unit;
    }

    @Override
    public String toString() {
      return this == PUTS ? "puts" : "ledger";
    }
  }

  private final PeersBench.Bench bench;
  private final Kind kind;
  private final Progress progress;
  private final SyncCounter counter;
  private final List<String> notes = new ArrayList<>();
  private final Table table;

  private PeerWrites(PeersBench.Bench bench, Kind kind) {
    this.bench = bench;
    this.kind = kind;
    counter = SyncCounter.in(bench.workplace());
    int runs = bench.settings().rounds() + 1;
    progress =
        bench.begin(
            loads(bench.settings()).size() * bench.peers().engines().size() * runs,
            expected(bench));
    table =
        new Table()
            .column("callers", 0)
            .column("threads", 0)
            .column("engine", 0)
            .column(kind.unit + "s/s", 0)
            .column("min", 0)
            .column("max", 0)
            .column("/ espora", 2)
            .column("p50 µs", 0)
            .column("p99 µs", 0)
            .column("used B/" + kind.unit, 0)
            .column("syncs/" + kind.unit, 3);
  }

  static void run(PeersBench.Bench bench, Kind kind) {
    PeerWrites writes = new PeerWrites(bench, kind);
    loads(bench.settings()).forEach(writes::measure);
    writes.report();
  }

  /** How long it takes, about. */
  static Duration expected(PeersBench.Bench bench) {
    Duration all = Duration.ZERO;
    for (Peer peer : bench.peers().engines()) {
      Duration counting = peer.overhead().multipliedBy(2).plus(counted(bench.settings()));
      all = all.plus(bench.round(peer).multipliedBy(bench.settings().rounds())).plus(counting);
    }
    return all.multipliedBy(loads(bench.settings()).size());
  }

  private static List<Load> loads(Settings settings) {
    return settings.callers().stream()
        .flatMap(callers -> settings.threads().stream().map(threads -> new Load(callers, threads)))
        .toList();
  }

  private static Duration counted(Settings settings) {
    return settings.measured().compareTo(COUNTED) < 0 ? settings.measured() : COUNTED;
  }

  private void measure(Load load) {
    Settings settings = bench.settings();
    List<Peer> engines = bench.peers().engines();
    PeerRounds<Writes> rounds =
        PeerRounds.run(
            engines,
            settings.rounds(),
            progress,
            peer -> write(peer, load, settings.warmup(), settings.measured(), List.of()));
    for (Peer peer : engines) {
      progress.step(peer + ", counting syncs");
      if (rounds.present(engines).contains(peer)) {
        list(peer, load, rounds);
      }
    }
    rounds.absences().forEach(absence -> note(load, absence));
  }

  private void note(Load load, String note) {
    notes.add(load.threads() + " " + load.callers() + " callers: " + note);
  }

  private Writes write(
      Peer peer, Load load, Duration warmup, Duration measured, List<String> program) {
    String store = kind.toString();
    Path directory = bench.newDirectory(store);
    try {
      return Writes.parse(
          bench
              .jvm()
              .runUnder(
                  program,
                  new PeerWork(kind.task, peer, directory, ENTRIES, load, warmup, measured)));
    } finally {
      bench.delete(store);
    }
  }

  /** Adds its row, unless its syncs are missing. */
  private void list(Peer peer, Load load, PeerRounds<Writes> rounds) {
    Duration counted = counted(bench.settings());
    switch (counter.count(program -> write(peer, load, Duration.ZERO, counted, program))) {
      case SyncCounter.Counted syncs when syncs.missing(load) ->
          note(
              load,
              "%s is not listed, SYNCS ARE MISSING: it acknowledged %d %ss with %d syncs"
                  .formatted(peer, syncs.acknowledged(), kind.unit, syncs.syncs()));
      case SyncCounter.Counted syncs -> row(peer, load, rounds, syncs.each());
      case SyncCounter.Unchecked unchecked -> {
        note(load, "the syncs of " + peer + " were not checked: " + unchecked.reason());
        row(peer, load, rounds, "not checked");
      }
    }
  }

  /**
   * @param syncs a number, or that it was not checked
   */
  private void row(Peer peer, Load load, PeerRounds<Writes> rounds, Object syncs) {
    ToDoubleFunction<Writes> perSecond = writes -> writes.sample().perSecond();
    Spread rate = rounds.spread(peer, perSecond);
    table.row(
        load.callers().toString(),
        load.threads(),
        peer.toString(),
        rate.median(),
        rate.min(),
        rate.max(),
        rounds.ratioToEspora(peer, perSecond),
        rounds.spread(peer, writes -> writes.sample().percentileMicros(50)).median(),
        rounds.spread(peer, writes -> writes.sample().percentileMicros(99)).median(),
        peer.keeps() ? rounds.spread(peer, Writes::usedBytesEach).median() : Double.NaN,
        syncs);
  }

  private void report() {
    progress.end();
    notes.addAll(
        List.of(
            "Medians over the rounds; / espora is the median of the ratios within a round. Each"
                + " round of each engine is a new process and a new store.",
            "Used: pages of 4 KiB that are not all zeros, by which the store's files grew.",
            "Syncs: calls that wait for the disk, counted by strace in a run of their own."));
    if (kind == Kind.LEDGER) {
      notes.add(
          "Balances and rows were what had been acknowledged, before closing and after opening"
              + " again.");
    }
    bench.report(kind.toString(), table, notes);
  }
}
