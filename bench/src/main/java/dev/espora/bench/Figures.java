package dev.espora.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one round of one side gave, as numbers that can be compared.
 *
 * @param smallestShare of the operations, that of the process which did least; 1 where there is one
 */
record Figures(double perSecond, double p50Micros, double p99Micros, double smallestShare) {

  static Figures of(Sample sample) {
    return new Figures(
        sample.perSecond(), sample.percentileMicros(50), sample.percentileMicros(99), 1);
  }

  static Spread spread(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).toArray());
  }
}
