package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.espora.bench.StrategyWork.Round;
import dev.espora.bench.report.Axis;
import dev.espora.bench.report.Page;
import dev.espora.bench.report.Plot;
import dev.espora.bench.report.Series;
import dev.espora.bench.report.Series.Point;
import dev.espora.bench.strategies.Strategy;
import dev.espora.bench.strategies.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** What the strategies did, as a page with plots and as the data behind it. */
final class StrategiesReport {

  /** Where a curve of latencies has points. */
  private static final double[] PERCENTILES = {
    0, 10, 25, 50, 75, 80, 85, 90, 95, 97, 98, 99, 99.5, 99.7, 99.9, 99.95, 99.99, 99.999, 100
  };

  private static final double LARGEST_PERCENTILE = 99.99;

  private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put(
        "workload",
        "The ledger: as many credits as debits on five hot accounts, debits only as far as the"
            + " account's limit allows. The registry: people with nicknames that nobody else may"
            + " have; one call in ten sends somebody again.");
    COLUMNS.put("strategy", "How it is stored; see below.");
    COLUMNS.put(
        "operations/s, min, max",
        "Calls that were answered: the median round, the slowest, the fastest.");
    COLUMNS.put("p50, p99", "Half of the calls, and 99 in 100, took no longer: the median round.");
    COLUMNS.put(
        "syncs/s",
        "Files that were made durable in a second, each a call that waits for the disk.");
    COLUMNS.put(
        "syncs/record",
        "The same by acknowledged record: 1 is a sync for each, less is one for several who wait"
            + " together, 0 is none.");
    COLUMNS.put(
        "acknowledged, lost",
        "In a run of its own that ends in a crash: what callers had been promised, and how much of"
            + " that is gone afterwards.");
    COLUMNS.put(
        "crash",
        "A power cut of a simulated disk drops every write that was not synced. PostgreSQL, which is"
            + " another program, is killed: that drops nothing that it handed to the system, so for a"
            + " power cut its syncs must speak.");
  }

  private final Settings settings;
  private final StrategiesResults results;

  private StrategiesReport(Settings settings, StrategiesResults results) {
    this.settings = settings;
    this.results = results;
  }

  /** Writes {@code report.html} and {@code report.json} into a folder, which is made if need be. */
  static void write(
      Path folder,
      Settings settings,
      String command,
      StrategiesResults results,
      List<String> notes) {
    StrategiesReport report = new StrategiesReport(settings, results);
    Map<String, String> facts = report.facts(command);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("report.html"), report.html(facts, notes), UTF_8);
      Files.writeString(folder.resolve("report.json"), report.json(facts, notes), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> facts(String command) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("command", command);
    facts.put("finished", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put(
        "callers",
        settings.threads().getFirst() + " " + settings.callers().getFirst() + " threads");
    facts.put(
        "rounds",
        "%d of %s s, all strategies in turns"
            .formatted(settings.rounds(), settings.measured().toMillis() / 1e3));
    facts.putAll(Machine.facts(settings.directory()));
    return facts;
  }

  private String html(Map<String, String> facts, List<String> notes) {
    Page page = new Page("Espora: what each way of storing costs, and what it loses");
    page.terms(facts).heading("Throughput, and what is lost");
    page.paragraph(
        "Further up is faster; further left loses less. What loses nothing is at the left edge."
            + " PostgreSQL was killed instead, which tells less than a power cut.");
    page.plots(Stream.of(Workload.Kind.values()).map(this::lostPlot).toList());
    page.heading("Latencies");
    page.paragraph(
        "So many in a hundred calls took no longer, all rounds together: the further right, the rarer.");
    page.plots(Stream.of(Workload.Kind.values()).map(this::latencyPlot).toList());
    page.heading("Cost as more is stored");
    page.paragraph("The time of a round divided by its registrations, with so many people before.");
    page.plots(List.of(growthPlot()));
    page.heading("Figures");
    page.table(results.costs(List.of()).table().lines());
    page.terms(COLUMNS).heading("Strategies").terms(meanings());
    page.heading("Figures of the growth").table(results.growth().table().lines());
    if (!notes.isEmpty()) {
      page.heading("Remarks").list(notes);
    }
    return page.html();
  }

  private Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    results.present().forEach(each -> meanings.put(each.toString(), each.meaning()));
    return meanings;
  }

  /** The same one in every report, whoever is absent. */
  private static int color(Strategy strategy) {
    return List.of(Strategy.values()).indexOf(strategy);
  }

  private Plot lostPlot(Workload.Kind kind) {
    List<Series> series = new ArrayList<>();
    List<Double> lost = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    for (Strategy strategy : results.present()) {
      Spread rate = results.spread(kind, strategy, round -> round.sample().perSecond());
      results
          .loss(kind, strategy)
          .ifPresent(loss -> {
            lost.add((double) loss.lost());
            rates.addAll(List.of(rate.min(), rate.max()));
            Point point = new Point(loss.lost(), rate.median(), rate.min(), rate.max());
            series.add(new Series(strategy.toString(), color(strategy), List.of(point)));
          });
    }
    return new Plot(
        "The " + kind + ": operations a second against records lost in a crash",
        Plot.Kind.POINTS,
        Axis.logarithmicAndZero("acknowledged records lost", lost),
        Axis.logarithmic("operations/s, median, min and max", rates),
        series);
  }

  private Plot latencyPlot(Workload.Kind kind) {
    List<Series> series = new ArrayList<>();
    List<Double> micros = new ArrayList<>();
    for (Strategy strategy : results.present()) {
      Histogram latencies = results.latencies(kind, strategy);
      List<Point> points = new ArrayList<>();
      for (double percentile : PERCENTILES) {
        if (percentile >= 50 && percentile <= LARGEST_PERCENTILE) {
          double latency = latencies.getValueAtPercentile(percentile) / 1e3;
          micros.add(latency);
          points.add(Point.of(percentile, latency));
        }
      }
      series.add(new Series(strategy.toString(), color(strategy), points));
    }
    return new Plot(
        "The " + kind + ": latency by percentile",
        Plot.Kind.LINES,
        Axis.percentiles("percentile", LARGEST_PERCENTILE),
        Axis.logarithmic("latency, µs", micros),
        series);
  }

  private Plot growthPlot() {
    List<Series> series = new ArrayList<>();
    List<Double> micros = new ArrayList<>();
    for (Strategy strategy : results.growing()) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < results.sizes().size(); i++) {
        Spread cost = results.cost(strategy, results.sizes().get(i));
        micros.addAll(List.of(cost.min(), cost.max()));
        points.add(new Point(i, cost.median(), cost.min(), cost.max()));
      }
      series.add(new Series(strategy.toString(), color(strategy), points));
    }
    return new Plot(
        "The registry: cost of a registration by how many people are registered",
        Plot.Kind.MARKED_LINES,
        Axis.names(
            "people registered before", results.sizes().stream().map("%,d"::formatted).toList()),
        Axis.logarithmic("µs/operation, median, min and max", micros),
        series);
  }

  private String json(Map<String, String> facts, List<String> notes) {
    return "{\"benchmark\": \"strategies\",\n\"facts\": %s,\n\"notes\": %s,\n\"rows\": %s,\n\"growth\": %s,\n\"rounds\": %s}\n"
        .formatted(
            Json.value(facts),
            Json.value(notes),
            results.costs(List.of()).table().json(),
            results.growth().table().json(),
            rounds());
  }

  /** Every round of every strategy, and its latencies together. */
  private String rounds() {
    List<String> lines = new ArrayList<>();
    for (Workload.Kind kind : Workload.Kind.values()) {
      for (Strategy strategy : results.present()) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("workload", kind);
        values.put("strategy", strategy);
        values.put("operations/s", figures(kind, strategy, round -> round.sample().perSecond()));
        values.put("syncs/s", figures(kind, strategy, Round::syncsPerSecond));
        values.put("latency µs by percentile", latencies(kind, strategy));
        lines.add(Json.value(values));
      }
    }
    return "[\n  " + String.join(",\n  ", lines) + "\n]";
  }

  private List<Double> figures(
      Workload.Kind kind, Strategy strategy, Function<Round, Double> figure) {
    return results.of(kind, strategy).stream().map(figure).toList();
  }

  private Map<String, Object> latencies(Workload.Kind kind, Strategy strategy) {
    Histogram latencies = results.latencies(kind, strategy);
    Map<String, Object> micros = new LinkedHashMap<>();
    for (double percentile : PERCENTILES) {
      micros.put(String.valueOf(percentile), latencies.getValueAtPercentile(percentile) / 1e3);
    }
    return micros;
  }
}
