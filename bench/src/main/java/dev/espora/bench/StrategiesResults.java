package dev.espora.bench;

import dev.espora.bench.StrategyWork.Round;
import dev.espora.bench.strategies.Strategy;
import dev.espora.bench.strategies.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What the strategies did.
 *
 * @param present strategies, absent ones left out
 * @param rounds by workload; of a strategy that is present there is one in each round
 * @param losses by workload; a strategy may have none
 * @param growing strategies whose cost was measured for each of the sizes
 * @param sizes people who were registered before
 * @param registrations by {@link #sized} strategy
 */
record StrategiesResults(
    List<Strategy> present,
    Map<Workload.Kind, Comparison<Optional<Round>>> rounds,
    Map<Workload.Kind, Map<Strategy, StrategyCrash.Loss>> losses,
    List<Strategy> growing,
    List<Integer> sizes,
    Comparison<Optional<Sample>> registrations) {

  /** A strategy that stores so many people. */
  static String sized(Strategy strategy, int size) {
    return "%s, %d people".formatted(strategy, size);
  }

  /** What it costs, and what it loses. */
  Report costs(List<String> found) {
    Table table =
        new Table()
            .column("workload", 0)
            .column("strategy", 0)
            .column("operations/s", 0)
            .column("min", 0)
            .column("max", 0)
            .column("p50 µs", 0)
            .column("p99 µs", 0)
            .column("syncs/s", 0)
            .column("syncs/record", 4)
            .column("acknowledged", 0)
            .column("lost", 0)
            .column("crash", 0);
    for (Workload.Kind kind : Workload.Kind.values()) {
      present.forEach(strategy -> row(table, kind, strategy));
    }
    List<String> notes = new ArrayList<>(found);
    notes.addAll(
        List.of(
            "Medians over the rounds, each on new files; after each, all that was stored was"
                + " compared with all that was acknowledged.",
            "Syncs of files, and syncs per acknowledged record: one can cover the records of all who"
                + " wait for it.",
            "Lost: of so many acknowledged records, those that are gone after a crash in the midst of"
                + " the same work. A simulated power cut drops all that was not synced; kill -9"
                + " leaves what the system has, synced or not, so there the syncs say more."));
    return new Report("strategies", table, notes);
  }

  private void row(Table table, Workload.Kind kind, Strategy strategy) {
    Spread rate = spread(kind, strategy, round -> round.sample().perSecond());
    Optional<StrategyCrash.Loss> loss = loss(kind, strategy);
    table.row(
        kind.toString(),
        strategy.toString(),
        rate.median(),
        rate.min(),
        rate.max(),
        spread(kind, strategy, round -> round.sample().percentileMicros(50)).median(),
        spread(kind, strategy, round -> round.sample().percentileMicros(99)).median(),
        spread(kind, strategy, Round::syncsPerSecond).median(),
        spread(kind, strategy, Round::syncsPerRecord).median(),
        loss.map(each -> (double) each.acknowledged()).orElse(Double.NaN),
        loss.map(each -> (double) each.lost()).orElse(Double.NaN),
        loss.map(StrategyCrash.Loss::kind).orElse("none"));
  }

  Optional<StrategyCrash.Loss> loss(Workload.Kind kind, Strategy strategy) {
    return Optional.ofNullable(losses.getOrDefault(kind, Map.of()).get(strategy));
  }

  Spread spread(Workload.Kind kind, Strategy strategy, ToDoubleFunction<Round> figure) {
    return Spread.of(of(kind, strategy).stream().mapToDouble(figure).toArray());
  }

  List<Round> of(Workload.Kind kind, Strategy strategy) {
    Comparison<Optional<Round>> comparison = rounds.get(kind);
    if (comparison == null) {
      throw new IllegalArgumentException("no workload " + kind);
    }
    return comparison.of(strategy.toString()).stream().flatMap(Optional::stream).toList();
  }

  /** Of all rounds together, in nanoseconds. */
  Histogram latencies(Workload.Kind kind, Strategy strategy) {
    return Sample.together(of(kind, strategy).stream().map(Round::sample).toList());
  }

  /** What a registration costs as more and more people are stored. */
  Report growth() {
    Table table =
        new Table()
            .column("people", 0)
            .column("strategy", 0)
            .column("µs/operation", 1)
            .column("min", 1)
            .column("max", 1)
            .column("/ smallest", 2)
            .column("p99 µs", 0);
    for (int size : sizes) {
      for (Strategy strategy : growing) {
        Spread cost = cost(strategy, size);
        table.row(
            size,
            strategy.toString(),
            cost.median(),
            cost.min(),
            cost.max(),
            Spread.ofRatios(
                    samples(strategy, size),
                    samples(strategy, sizes.getFirst()),
                    StrategiesResults::micros)
                .median(),
            Spread.of(
                    samples(strategy, size).stream()
                        .mapToDouble(sample -> sample.percentileMicros(99))
                        .toArray())
                .median());
      }
    }
    return new Report(
        "strategies growth",
        table,
        List.of(
            "Registrations where so many people are registered already: the time of a round divided"
                + " by its operations.",
            "/ smallest: the median of the ratios within a round."));
  }

  /** Microseconds of a round for each of its operations. */
  Spread cost(Strategy strategy, int size) {
    return Spread.of(
        samples(strategy, size).stream().mapToDouble(StrategiesResults::micros).toArray());
  }

  private static double micros(Sample sample) {
    return 1e6 / sample.perSecond();
  }

  private List<Sample> samples(Strategy strategy, int size) {
    return registrations.of(sized(strategy, size)).stream().flatMap(Optional::stream).toList();
  }
}
