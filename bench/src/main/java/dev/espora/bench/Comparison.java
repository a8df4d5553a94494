package dev.espora.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Sides measured in turns, so that what the machine does beside us hits all of them alike. Every
 * other round runs in the opposite order: no side is always the one after a rest.
 */
record Comparison<R>(Map<String, List<R>> rounds) {

  static <R> Comparison<R> run(List<Side<R>> sides, int rounds, Progress progress) {
    Map<String, List<R>> measured = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Side<R> side : round % 2 == 0 ? sides : sides.reversed()) {
        progress.step(side.name() + ", round " + (round + 1) + " of " + rounds);
        measured.computeIfAbsent(side.name(), _ -> new ArrayList<>()).add(side.round().get());
      }
    }
    return new Comparison<>(measured);
  }

  Spread spread(String side, ToDoubleFunction<R> figure) {
    return Spread.of(of(side).stream().mapToDouble(figure).toArray());
  }

  /**
   * One side as a multiple of another: the median over the rounds of the ratio within a round,
   * since neighbours in time are disturbed alike.
   */
  double ratio(String side, String base, ToDoubleFunction<R> figure) {
    return Spread.ofRatios(of(side), of(base), figure).median();
  }

  List<R> of(String side) {
    List<R> figures = rounds.get(side);
    if (figures == null) {
      throw new IllegalArgumentException("no side " + side);
    }
    return figures;
  }
}
