package dev.espora.bench;

import dev.espora.bench.PeerWork.Puts;
import dev.espora.bench.peers.Entries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Durable puts of random keys into a store that was empty before the warm-up. Syncs are counted
 * with {@code strace} in a run of their own, since a traced process is slower.
 */
final class PeerPuts {
  private static final Entries ENTRIES = new Entries(100_000);
  private static final String NOT_CHECKED = "not checked";

  private final PeersBench.Bench bench;
  private final Progress progress;
  private final Optional<Path> strace = SyncCheck.installed("strace");
  private final List<String> notes = new ArrayList<>();
  private final Table table =
      new Table()
          .column("callers", 0)
          .column("threads", 0)
          .column("engine", 0)
          .column("puts/s", 0)
          .column("min", 0)
          .column("max", 0)
          .column("/ espora", 2)
          .column("p50 µs", 0)
          .column("p99 µs", 0)
          .column("used B/put", 0)
          .column("syncs/put", 3);

  private PeerPuts(PeersBench.Bench bench) {
    this.bench = bench;
    int rows = bench.settings().callers().size() * bench.settings().threads().size();
    int runs = bench.settings().rounds() + 1;
    progress = bench.begin(rows * bench.peers().engines().size() * runs);
  }

  static void run(PeersBench.Bench bench) {
    PeerPuts puts = new PeerPuts(bench);
    for (Callers callers : bench.settings().callers()) {
      for (int threads : bench.settings().threads()) {
        puts.measure(new Load(callers, threads));
      }
    }
    puts.report();
  }

  private void measure(Load load) {
    PeerRounds<Puts> rounds =
        PeerRounds.run(
            bench.peers().engines(),
            bench.settings().rounds(),
            progress,
            peer -> puts(peer, load, List.of()));
    for (Peer peer : rounds.present(bench.peers().engines())) {
      progress.step(peer + ", counting syncs");
      Spread rate = rounds.spread(peer, puts -> puts.sample().perSecond());
      table.row(
          load.callers().toString(),
          load.threads(),
          peer.toString(),
          rate.median(),
          rate.min(),
          rate.max(),
          rounds.ratioToEspora(peer, puts -> puts.sample().perSecond()),
          rounds.spread(peer, puts -> puts.sample().percentileMicros(50)).median(),
          rounds.spread(peer, puts -> puts.sample().percentileMicros(99)).median(),
          peer.keeps() ? rounds.spread(peer, Puts::usedBytesEach).median() : Double.NaN,
          syncsPerPut(peer, load));
    }
    rounds
        .absences()
        .forEach(
            absence -> notes.add(load.threads() + " " + load.callers() + " callers: " + absence));
  }

  private Puts puts(Peer peer, Load load, List<String> program) {
    Path directory = bench.newDirectory("puts");
    try {
      Settings settings = bench.settings();
      PeerWork work =
          new PeerWork(
              PeerWork.Task.PUT,
              peer,
              directory,
              ENTRIES,
              load,
              settings.warmup(),
              settings.measured());
      return Puts.parse(bench.jvm().runUnder(program, work));
    } finally {
      bench.delete("puts");
    }
  }

  /** A number, or that it was not checked. */
  private Object syncsPerPut(Peer peer, Load load) {
    if (strace.isEmpty()) {
      return NOT_CHECKED;
    }
    Path trace = bench.workplace().resolve("trace");
    List<String> tracer =
        List.of(
            strace.get().toString(),
            "-f",
            "--seccomp-bpf",
            "-e",
            SyncTrace.CALLS,
            "-o",
            trace.toString());
    try {
      long puts = puts(peer, load, tracer).sample().operations();
      long syncs = syncs(trace);
      if (syncs * load.threads() < puts) {
        // A sync covers one put of each caller at most.
        notes.add("SYNCS ARE MISSING: %s, %d puts, %d syncs".formatted(peer, puts, syncs));
      }
      return (double) syncs / puts;
    } catch (IllegalStateException e) {
      return NOT_CHECKED;
    } finally {
      Workplace.delete(trace);
    }
  }

  private static long syncs(Path trace) {
    try (Stream<String> lines = Files.lines(trace)) {
      return SyncTrace.count(lines, PeerWork.BEGIN, PeerWork.END);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void report() {
    progress.end();
    notes.addAll(
        List.of(
            "Medians over the rounds; / espora is the median of the ratios within a round. Each"
                + " round of each engine is a new process and a new store.",
            "Used: pages of 4 KiB that are not all zeros, by which the store's files grew.",
            "Syncs: calls that wait for the disk, counted by strace in a run of their own"
                + strace.map(_ -> ".").orElse("; not checked, since strace is not installed.")));
    bench.report("puts", table, notes);
  }
}
