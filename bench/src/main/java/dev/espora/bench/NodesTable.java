package dev.espora.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What was found of the places where accounts are kept, as tables. */
final class NodesTable {

  /**
   * One round.
   *
   * @param cpuMicros processor time of the processes that keep the accounts, for each transaction
   */
  record Round(Figures figures, double cpuMicros) {
    double perSecond() {
      return figures.perSecond();
    }
  }

  private final Table rates =
      new Table()
          .column("kept by", 0)
          .column("callers", 0)
          .column("in flight", 0)
          .column("transactions/s", 0)
          .column("min", 0)
          .column("max", 0)
          .column("/ file", 2)
          .column("p50 ms", 2)
          .column("p99 ms", 2)
          .column("CPU µs each", 1);

  private final Table memory =
      new Table().column("kept by", 0).column("idle, MB", 0).column("after the load, MB", 0);

  private final Map<Kept, List<Double>> idle = new EnumMap<>(Kept.class);
  private final List<String> notes = new ArrayList<>();

  void add(Comparison<Round> rounds, List<Kept> sides, String callers, int inFlight) {
    for (Kept side : sides) {
      Spread rate = rounds.spread(side.toString(), Round::perSecond);
      rates.row(
          side.toString(),
          callers,
          inFlight,
          rate.median(),
          rate.min(),
          rate.max(),
          sides.contains(Kept.FILE)
              ? rounds.ratio(side.toString(), Kept.FILE.toString(), Round::perSecond)
              : Double.NaN,
          median(rounds, side, round -> round.figures().p50Micros() / 1e3),
          median(rounds, side, round -> round.figures().p99Micros() / 1e3),
          median(rounds, side, Round::cpuMicros));
    }
  }

  private static double median(
      Comparison<Round> rounds, Kept side, ToDoubleFunction<Round> figure) {
    return rounds.spread(side.toString(), figure).median();
  }

  void note(String note) {
    notes.add(note);
  }

  /** Resident memory of each process of a side before its first transaction. */
  void idle(Kept side, List<Double> megabytes) {
    idle.put(side, megabytes);
  }

  /** The same after the last one. */
  void loaded(Kept side, List<Double> megabytes) {
    memory.row(side.toString(), list(idle.getOrDefault(side, List.of())), list(megabytes));
  }

  private static String list(List<Double> megabytes) {
    return megabytes.stream().map(each -> "%.0f".formatted(each)).collect(Collectors.joining(", "));
  }

  Report rates(String benchmark) {
    return new Report(benchmark, rates, notes);
  }

  Report memory(String benchmark) {
    return new Report(
        benchmark + " memory",
        memory,
        List.of("Resident memory of each process that keeps the accounts, shared pages included."));
  }
}
