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
record Comparison(Map<String, List<Figures>> rounds) {

  static Comparison run(List<Side> sides, int rounds, Progress progress) {
    Map<String, List<Figures>> measured = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Side side : round % 2 == 0 ? sides : sides.reversed()) {
        progress.step(side.name() + ", round " + (round + 1) + " of " + rounds);
        measured.computeIfAbsent(side.name(), _ -> new ArrayList<>()).add(side.round().get());
      }
    }
    return new Comparison(measured);
  }

  Spread spread(String side, ToDoubleFunction<Figures> figure) {
    return Figures.spread(of(side), figure);
  }

  /**
   * One side as a multiple of another: the median over the rounds of the ratio within a round,
   * since neighbours in time are disturbed alike.
   */
  double ratio(String side, String base, ToDoubleFunction<Figures> figure) {
    return Spread.ofRatios(of(side), of(base), figure).median();
  }

  private List<Figures> of(String side) {
    List<Figures> figures = rounds.get(side);
    if (figures == null) {
      throw new IllegalArgumentException("no side " + side);
    }
    return figures;
  }
}
