package dev.espora.bench;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

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
    int sides = rows.stream().mapToInt(row -> row.contenders().size()).sum();
    Duration expected =
        settings
            .measured()
            .multipliedBy(settings.rounds() + 1)
            .plus(settings.warmup())
            .multipliedBy(sides);
    Progress progress = Progress.begin(out, settings, sides * (settings.rounds() + 1), expected);
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
        row.measure(settings, workplace, progress, table);
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
  private record Row(Load load, List<Contender> contenders) {

    void measure(Settings settings, Workplace workplace, Progress progress, Table table) {
      Map<Contender, AppendLog> logs = new EnumMap<>(Contender.class);
      try {
        List<Side<Figures>> sides = new ArrayList<>();
        for (Contender contender : contenders) {
          AppendLog log = contender.open(workplace.resolve(contender.name()));
          logs.put(contender, log);
          if (!settings.warmup().isZero()) {
            run(log, settings.warmup());
          }
          sides.add(
              new Side<>(contender.toString(), () -> Figures.of(run(log, settings.measured()))));
        }
        Comparison<Figures> comparison = Comparison.run(sides, settings.rounds(), progress);
        logs.forEach((contender, log) -> {
          progress.step(contender + ", counting syncs");
          addTo(table, comparison, contender, SyncRate.measure(this, log, settings.measured()));
        });
      } finally {
        logs.values().forEach(AppendLog::close);
        contenders.forEach(each -> Workplace.delete(workplace.resolve(each.name())));
      }
    }

    private Sample run(AppendLog log, Duration duration) {
      return load.run(duration, _ -> log.append());
    }

    private void addTo(
        Table table, Comparison<Figures> comparison, Contender contender, SyncRate syncs) {
      String side = contender.toString();
      String floor = Contender.FLOOR.toString();
      Spread rate = comparison.spread(side, Figures::perSecond);
      table.row(
          load.callers().toString(),
          load.threads(),
          side,
          rate.median(),
          rate.min(),
          rate.max(),
          comparison.ratio(side, floor, Figures::perSecond),
          comparison.spread(side, Figures::p50Micros).median(),
          comparison.spread(side, Figures::p99Micros).median(),
          comparison.ratio(side, floor, Figures::p99Micros),
          syncs.perSecond(),
          syncs.recordsEach());
    }
  }

  /** Counted in a round of its own, since counting costs some sides more than others. */
  private record SyncRate(double perSecond, double recordsEach) {

    static SyncRate measure(Row row, AppendLog log, Duration duration) {
      AtomicReference<@Nullable Sample> sample = new AtomicReference<>();
      long syncs = log.syncsDuring(() -> sample.set(row.run(log, duration)));
      Sample counted = requireNonNull(sample.get());
      return new SyncRate(
          syncs * 1e9 / counted.elapsedNanos(), (double) counted.operations() / syncs);
    }
  }
}
