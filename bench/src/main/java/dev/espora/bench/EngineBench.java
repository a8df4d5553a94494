package dev.espora.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Durable appends of 128-byte records: Espora beside the floor, and for one thread beside a thread
 * that writes and syncs by itself.
 */
public final class EngineBench {
  /** What appends are made through. */
  enum Contender {
    FLOOR,
    LONE,
    ESPORA;

    AppendLog open(Path path) {
      return switch (this) {
        case FLOOR -> new FloorLog(path);
        case LONE -> new LoneLog(path);
        case ESPORA -> new EngineLog(path);
      };
    }

    @Override
    public String toString() {
      return switch (this) {
        case FLOOR -> "floor";
        case LONE -> "lone thread";
        case ESPORA -> "espora";
      };
    }
  }

  private EngineBench() {}

  /** Runs it and prints what it found. */
  public static void run(Settings settings, PrintStream out) {
    List<Row> rows = rows(settings);
    int sides = rows.stream().mapToInt(row -> row.sides().size()).sum();
    Duration expected =
        settings
            .measured()
            .multipliedBy(settings.rounds())
            .plus(settings.warmup())
            .multipliedBy(sides);
    Progress progress = Progress.begin(out, settings, sides * settings.rounds(), expected);
    Table table =
        new Table()
            .column("callers", 0)
            .column("threads", 0)
            .column("side", 0)
            .column("records/s", 0)
            .column("min", 0)
            .column("max", 0)
            .column("/ floor", 2)
            .column("p50 µs", 0)
            .column("p99 µs", 0)
            .column("p99 / floor", 2)
            .column("syncs/s", 0)
            .column("records/sync", 1);
    try (Workplace workplace = Workplace.in(settings.directory())) {
      for (Row row : rows) {
        row.addTo(table, row.measure(settings, workplace, progress));
      }
    }
    progress.end();
    new Report(
            "engine",
            table,
            List.of(
                "Medians over the rounds; a ratio is the median of the ratios within a round.",
                "The floor overwrites one preallocated file and knows no format, checksum, state or"
                    + " lock; Espora does all of that and preallocates its segments while it runs."))
        .print(out, settings);
  }

  private static List<Row> rows(Settings settings) {
    List<Row> rows = new ArrayList<>();
    for (Callers callers : settings.callers()) {
      for (int threads : settings.threads()) {
        boolean alone = callers == Callers.PLATFORM && threads == 1;
        rows.add(
            new Row(
                new Load(callers, threads),
                alone ? List.of(Contender.values()) : List.of(Contender.FLOOR, Contender.ESPORA)));
      }
    }
    return rows;
  }

  /** One kind and number of callers, on several sides. */
  private record Row(Load load, List<Contender> sides) {

    Comparison measure(Settings settings, Workplace workplace, Progress progress) {
      List<AppendLog> logs = new ArrayList<>();
      try {
        List<Side> measured = new ArrayList<>();
        for (Contender side : sides) {
          AppendLog log = side.open(workplace.resolve(side.name()));
          logs.add(log);
          if (!settings.warmup().isZero()) {
            load.run(settings.warmup(), caller -> log.append());
          }
          measured.add(new Side(side.toString(), () -> round(log, settings.measured())));
        }
        return Comparison.run(measured, settings.rounds(), progress);
      } finally {
        logs.forEach(AppendLog::close);
        sides.forEach(side -> Workplace.delete(workplace.resolve(side.name())));
      }
    }

    private Figures round(AppendLog log, Duration duration) {
      long before = log.syncs();
      Sample sample = load.run(duration, caller -> log.append());
      return Figures.of(sample, before < 0 ? -1 : log.syncs() - before);
    }

    void addTo(Table table, Comparison comparison) {
      for (Contender contender : sides) {
        String side = contender.toString();
        Spread rate = comparison.spread(side, Figures::perSecond);
        double syncs = comparison.spread(side, Figures::syncsPerSecond).median();
        table.row(
            load.callers().toString(),
            load.threads(),
            side,
            rate.median(),
            rate.min(),
            rate.max(),
            comparison.ratio(side, Contender.FLOOR.toString(), Figures::perSecond),
            comparison.spread(side, Figures::p50Micros).median(),
            comparison.spread(side, Figures::p99Micros).median(),
            comparison.ratio(side, Contender.FLOOR.toString(), Figures::p99Micros),
            syncs,
            rate.median() / syncs);
      }
    }
  }
}
