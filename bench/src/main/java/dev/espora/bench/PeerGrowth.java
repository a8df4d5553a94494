package dev.espora.bench;

import dev.espora.bench.PeerWork.Task;
import dev.espora.bench.PeerWork.Writes;
import dev.espora.bench.peers.Entries;
import java.time.Duration;
import java.util.List;

/** What a put costs Espora while its store grows: the same puts into stores of several sizes. */
final class PeerGrowth {
  private static final Load CALLERS = new Load(Callers.PLATFORM, 64);

  private static final int LOADED_PER_SECOND = 200_000;

  private final PeersBench.Bench bench;

  private PeerGrowth(PeersBench.Bench bench) {
    this.bench = bench;
  }

  static void run(PeersBench.Bench bench) {
    new PeerGrowth(bench).run();
  }

  /** How long it takes, about. */
  static Duration expected(PeersBench.Bench bench) {
    List<Integer> sizes = bench.peers().sizes();
    long loading = sizes.stream().mapToLong(size -> size / LOADED_PER_SECOND).sum();
    return bench
        .round(Peer.ESPORA)
        .multipliedBy((long) sizes.size() * bench.settings().rounds())
        .plusSeconds(loading + sizes.size());
  }

  private void run() {
    List<Integer> sizes = bench.peers().sizes();
    int rounds = bench.settings().rounds();
    Progress progress = bench.begin(sizes.size() * (rounds + 1), expected(bench));
    for (int size : sizes) {
      progress.step("loading " + size + " entries");
      var _ = bench.newDirectory(store(size));
      var _ = run(Task.LOAD, size);
    }
    List<Side<Figures>> sides =
        sizes.stream().map(size -> new Side<>(store(size), () -> puts(size))).toList();
    Comparison<Figures> comparison = Comparison.run(sides, rounds, progress);
    progress.end();
    bench.report(
        "growth",
        table(comparison),
        List.of(
            "Puts of random keys of a store that is already as large, by %d threads; its cost is the"
                    .formatted(CALLERS.threads())
                + " time of a round divided by its puts.",
            "/ smallest: the median of the ratios within a round."));
    sizes.forEach(size -> bench.delete(store(size)));
  }

  private static String store(int size) {
    return "entries-" + size;
  }

  private Figures puts(int size) {
    return Figures.of(Writes.parse(run(Task.PUT, size)).sample());
  }

  private String run(Task task, int size) {
    Settings settings = bench.settings();
    return bench
        .jvm()
        .run(
            new PeerWork(
                task,
                Peer.ESPORA,
                bench.directory(store(size)),
                new Entries(size),
                CALLERS,
                settings.warmup(),
                settings.measured()));
  }

  private Table table(Comparison<Figures> comparison) {
    Table table =
        new Table()
            .column("entries", 0)
            .column("µs/put", 2)
            .column("min", 2)
            .column("max", 2)
            .column("/ smallest", 2)
            .column("p50 µs", 0)
            .column("p99 µs", 0);
    List<Integer> sizes = bench.peers().sizes();
    for (int size : sizes) {
      Spread cost = comparison.spread(store(size), PeerGrowth::microsPerPut);
      table.row(
          size,
          cost.median(),
          cost.min(),
          cost.max(),
          comparison.ratio(store(size), store(sizes.getFirst()), PeerGrowth::microsPerPut),
          comparison.spread(store(size), Figures::p50Micros).median(),
          comparison.spread(store(size), Figures::p99Micros).median());
    }
    return table;
  }

  private static double microsPerPut(Figures figures) {
    return 1e6 / figures.perSecond();
  }
}
