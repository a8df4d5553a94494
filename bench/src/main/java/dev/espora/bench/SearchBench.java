package dev.espora.bench;

import dev.espora.bench.SearchWork.Engine;
import dev.espora.bench.search.People;
import dev.espora.bench.search.Terms;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Search for people by a part of their text: Espora's registry beside PostgreSQL with a trigram
 * index, on the same people, in turns. Both must find what looking at everybody finds; PostgreSQL
 * may be absent.
 */
public final class SearchBench {

  /** {@link Settings#DEFAULTS} with five rounds of two seconds. */
  public static final Settings DEFAULTS =
      Settings.DEFAULTS.withRounds(5).withMeasured(Duration.ofSeconds(2));

  private static final double MEGABYTE = 1e6;

  /** A rough guess: choosing terms and loading both. */
  private static final int PEOPLE_PREPARED_EACH_SECOND = 10_000;

  private final Settings settings;
  private final SearchSettings search;
  private final Workplace workplace;
  private final Path termsFile;
  private final Map<Engine, SearchProcess> processes = new EnumMap<>(Engine.class);
  private final List<String> notes = new ArrayList<>();

  private SearchBench(Settings settings, SearchSettings search, Workplace workplace) {
    this.settings = settings;
    this.search = search;
    this.workplace = workplace;
    this.termsFile = workplace.resolve("terms");
  }

  /**
   * Runs it and prints two tables.
   *
   * @throws IllegalStateException if Espora fails, or either finds what is wrong
   */
  public static void run(Settings settings, SearchSettings search, PrintStream out) {
    try (Workplace workplace = Workplace.in(settings.directory())) {
      SearchBench bench = new SearchBench(settings, search, workplace);
      try {
        bench.run(out);
      } finally {
        bench.processes.values().forEach(SearchProcess::close);
      }
    }
  }

  private void run(PrintStream out) {
    int kinds = Terms.Kind.values().length;
    int sides = Engine.values().length;
    Duration searching =
        settings.measured().multipliedBy(settings.rounds()).plus(settings.warmup());
    Progress progress =
        Progress.begin(
            out,
            settings,
            4 + settings.rounds() + kinds * sides * (settings.rounds() + 1),
            Duration.ofSeconds(search.people() / PEOPLE_PREPARED_EACH_SECOND)
                .plus(searching.multipliedBy((long) kinds * sides)));
    progress.step("choosing terms, and counting who has them");
    Terms terms = Terms.of(new People(search.people()));
    terms.write(termsFile);
    Spread answering = prepare(progress);
    Table rates = rates(terms, progress);
    Table footprint = footprint(answering);
    progress.end();
    new Report("search", rates, notes()).print(out, settings);
    new Report(
            "search footprint",
            footprint,
            List.of(
                "Answering: from opening the database to the first search's answer, in a new JVM,"
                    + " after a clean close; files are in the page cache.",
                "Heap: of the process that searched, after collections. Disk: Espora's directory,"
                    + " pages that are not all zeros; PostgreSQL's table and indexes without its"
                    + " write-ahead log."))
        .print(out, settings);
    processes.values().forEach(SearchProcess::end);
  }

  /** Loads and checks both; returns how long Espora takes to answer after it was opened again. */
  private Spread prepare(Progress progress) {
    progress.step("loading espora");
    try (SearchProcess loading = start(Engine.ESPORA)) {
      loading.load();
      loading.end();
    }
    progress.step("loading postgresql");
    try {
      processes.put(Engine.POSTGRES, start(Engine.POSTGRES));
      process(Engine.POSTGRES).load();
    } catch (IllegalStateException e) {
      absent(Engine.POSTGRES, e);
    }
    double[] millis = new double[settings.rounds()];
    for (int round = 0; round < millis.length; round++) {
      progress.step("opening espora, round " + (round + 1) + " of " + millis.length);
      if (round > 0) {
        process(Engine.ESPORA).end();
      }
      processes.put(Engine.ESPORA, start(Engine.ESPORA));
      millis[round] = process(Engine.ESPORA).millisToAnswer();
    }
    progress.step("checking what both find");
    processes.values().forEach(process -> notes.addAll(process.check()));
    return Spread.of(millis);
  }

  private SearchProcess start(Engine engine) {
    List<String> arguments =
        new SearchWork(
                engine,
                workplace.resolve(engine.toString()),
                termsFile,
                new People(search.people()),
                search.postgres())
            .arguments();
    return SearchProcess.of(
        switch (engine) {
          case ESPORA -> ChildJvm.startInHeap("-Xmx" + search.heap(), arguments);
          case POSTGRES -> new PeerJvm(search.jars(), workplace).start(arguments);
        });
  }

  private SearchProcess process(Engine engine) {
    SearchProcess process = processes.get(engine);
    if (process == null) {
      throw new IllegalStateException(engine + " is not there");
    }
    return process;
  }

  private void absent(Engine engine, IllegalStateException reason) {
    SearchProcess failed = processes.remove(engine);
    if (failed != null) {
      failed.close();
    }
    notes.add(engine + " is absent: " + reason.getMessage());
  }

  private Table rates(Terms terms, Progress progress) {
    Table table =
        new Table()
            .column("found", 0)
            .column("terms", 0)
            .column("matches", 0)
            .column("engine", 0)
            .column("searches/s", 0)
            .column("min", 0)
            .column("max", 0)
            .column("/ espora", 3)
            .column("p50 µs", 0)
            .column("p99 µs", 0)
            .column("max µs", 0);
    for (Terms.Kind kind : Terms.Kind.values()) {
      List<Terms.Term> ofKind = terms.of(kind);
      if (ofKind.isEmpty()) {
        notes.add(
            "Nothing was searched that '" + kind + "' have: these people have no such terms.");
        continue;
      }
      Spread matches = Spread.of(ofKind.stream().mapToDouble(Terms.Term::matches).toArray());
      Comparison<Sample> comparison = compare(kind, progress);
      for (Engine engine : processes.keySet()) {
        ToDoubleFunction<Sample> rate = Sample::perSecond;
        Spread spread = comparison.spread(engine.toString(), rate);
        table.row(
            kind.toString(),
            ofKind.size(),
            matches.median(),
            engine.toString(),
            spread.median(),
            spread.min(),
            spread.max(),
            comparison.ratio(engine.toString(), Engine.ESPORA.toString(), rate),
            micros(comparison, engine, 50).median(),
            micros(comparison, engine, 99).median(),
            micros(comparison, engine, 100).max());
      }
    }
    return table;
  }

  private Comparison<Sample> compare(Terms.Kind kind, Progress progress) {
    List<Side<Sample>> sides = new ArrayList<>();
    processes.forEach((engine, process) -> {
      if (!settings.warmup().isZero()) {
        progress.step(engine + " warms up for '" + kind + "'");
        var _ = process.measure(kind, settings.warmup());
      }
      sides.add(new Side<>(engine.toString(), () -> process.measure(kind, settings.measured())));
    });
    return Comparison.run(sides, settings.rounds(), progress);
  }

  private static Spread micros(Comparison<Sample> comparison, Engine engine, double percentile) {
    return comparison.spread(engine.toString(), sample -> sample.percentileMicros(percentile));
  }

  private Table footprint(Spread answering) {
    Table table =
        new Table()
            .column("engine", 0)
            .column("people", 0)
            .column("answering ms", 0)
            .column("min", 0)
            .column("max", 0)
            .column("heap MB", 0)
            .column("disk MB", 0);
    processes.forEach((engine, process) -> {
      boolean espora = engine == Engine.ESPORA;
      table.row(
          engine.toString(),
          search.people(),
          espora ? answering.median() : Double.NaN,
          espora ? answering.min() : Double.NaN,
          espora ? answering.max() : Double.NaN,
          espora ? process.heapBytes() / MEGABYTE : Double.NaN,
          process.bytesOnDisk() / MEGABYTE);
    });
    return table;
  }

  private List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    all.add(
        "One caller, every search as a call of its own, its result counted and compared with what"
            + " looking at everybody finds, at most 50. Espora's process has a heap of "
            + search.heap()
            + ". Max: of all rounds.");
    return all;
  }
}
