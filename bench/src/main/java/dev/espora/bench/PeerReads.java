package dev.espora.bench;

import dev.espora.bench.PeerWork.Task;
import dev.espora.bench.PeersSettings.Measurement;
import dev.espora.bench.peers.Entries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads from, and opening of, stores that were filled once and closed in order. What was written is
 * still in the page cache.
 */
final class PeerReads {
  private static final Load READERS = new Load(Callers.PLATFORM, 2);

  /** What the engines store when they are filled, the slower ones. */
  private static final int LOADED_PER_SECOND = 25_000;

  /** Six openings, in starts of a process. */
  private static final int OPENINGS_IN_OVERHEADS = 2;

  private final PeersBench.Bench bench;
  private final Entries entries;
  private final List<Peer> filled;
  private final List<String> notes;

  private PeerReads(PeersBench.Bench bench) {
    this.bench = bench;
    entries = new Entries(bench.peers().entries());
    List<Peer> readable = readable(bench);
    Progress progress = bench.begin(readable.size(), expectedFilling(bench));
    PeerRounds<String> filling = PeerRounds.run(readable, 1, progress, this::fill);
    progress.end();
    filled = filling.present(readable);
    notes = filling.absences();
  }

  static void run(PeersBench.Bench bench) {
    PeerReads reads = new PeerReads(bench);
    if (bench.peers().includes(Measurement.READS)) {
      reads.read();
    }
    if (bench.peers().includes(Measurement.REOPEN)) {
      reads.reopen();
    }
    reads.filled.forEach(peer -> bench.delete(peer.toString()));
  }

  private static List<Peer> readable(PeersBench.Bench bench) {
    return bench.peers().engines().stream().filter(Peer::keeps).toList();
  }

  /** How long filling the stores takes, about. */
  static Duration expectedFilling(PeersBench.Bench bench) {
    long millis = bench.peers().entries() * 1_000L / LOADED_PER_SECOND;
    return sum(bench, peer -> peer.overhead().plusMillis(millis));
  }

  static Duration expectedReading(PeersBench.Bench bench) {
    return sum(bench, bench::round).multipliedBy(bench.settings().rounds());
  }

  static Duration expectedReopening(PeersBench.Bench bench) {
    return sum(bench, Peer::overhead)
        .multipliedBy(OPENINGS_IN_OVERHEADS)
        .multipliedBy(bench.settings().rounds());
  }

  private static Duration sum(PeersBench.Bench bench, Function<Peer, Duration> each) {
    return readable(bench).stream().map(each).reduce(Duration.ZERO, Duration::plus);
  }

  private String fill(Peer peer) {
    var _ = bench.newDirectory(peer.toString());
    return run(Task.LOAD, peer);
  }

  private String run(Task task, Peer peer) {
    Settings settings = bench.settings();
    return bench
        .jvm()
        .run(
            new PeerWork(
                task,
                peer,
                bench.directory(peer.toString()),
                entries,
                READERS,
                settings.warmup(),
                settings.measured()));
  }

  private void read() {
    Table table =
        new Table()
            .column("engine", 0)
            .column("entries", 0)
            .column("reads/s", 0)
            .column("min", 0)
            .column("max", 0)
            .column("/ espora", 2)
            .column("p50 µs", 1)
            .column("p99 µs", 1);
    Progress progress =
        bench.begin(filled.size() * bench.settings().rounds(), expectedReading(bench));
    PeerRounds<Sample> rounds =
        PeerRounds.run(
            filled,
            bench.settings().rounds(),
            progress,
            peer -> Sample.parse(run(Task.READ, peer)));
    progress.end();
    for (Peer peer : rounds.present(filled)) {
      Spread rate = rounds.spread(peer, Sample::perSecond);
      table.row(
          peer.toString(),
          entries.count(),
          rate.median(),
          rate.min(),
          rate.max(),
          rounds.ratioToEspora(peer, Sample::perSecond),
          rounds.spread(peer, sample -> sample.percentileMicros(50)).median(),
          rounds.spread(peer, sample -> sample.percentileMicros(99)).median());
    }
    bench.report(
        "reads",
        table,
        with(
            rounds.absences(),
            "Random keys, %d threads; what was written is in the page cache."
                .formatted(READERS.threads())));
  }

  /** How long each opening of one process took, the first one cold. */
  private record Openings(List<Double> millis) {

    static Openings parse(String line) {
      return new Openings(
          Stream.of(line.split(",", -1)).map(nanos -> Long.parseLong(nanos) / 1e6).toList());
    }

    double cold() {
      return millis.getFirst();
    }

    double warm() {
      return Spread.of(
              millis.subList(1, millis.size()).stream().mapToDouble(Double::doubleValue).toArray())
          .median();
    }
  }

  private void reopen() {
    Table table =
        new Table()
            .column("engine", 0)
            .column("entries", 0)
            .column("warm ms", 1)
            .column("min", 1)
            .column("max", 1)
            .column("/ espora", 2)
            .column("cold ms", 1);
    Progress progress =
        bench.begin(filled.size() * bench.settings().rounds(), expectedReopening(bench));
    PeerRounds<Openings> rounds =
        PeerRounds.run(
            filled,
            bench.settings().rounds(),
            progress,
            peer -> Openings.parse(run(Task.REOPEN, peer)));
    progress.end();
    for (Peer peer : rounds.present(filled)) {
      Spread warm = rounds.spread(peer, Openings::warm);
      table.row(
          peer.toString(),
          entries.count(),
          warm.median(),
          warm.min(),
          warm.max(),
          rounds.ratioToEspora(peer, Openings::warm),
          rounds.spread(peer, Openings::cold).median());
    }
    bench.report(
        "reopen",
        table,
        with(
            rounds.absences(),
            "From opening the store to the value of one random key, after a clean close. Cold: the"
                + " first opening of a JVM, without its start; warm: the median of the next ones."));
  }

  private List<String> with(List<String> absences, String note) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(absences);
    all.add(note);
    return all;
  }
}
