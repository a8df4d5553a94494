package dev.espora.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What several rounds of one measurement gave. */
record Spread(double median, double min, double max) {

  /** Of an even number of rounds the median is the mean of the middle two. */
  static Spread of(double... rounds) {
    if (rounds.length == 0) {
      throw new IllegalArgumentException("no rounds");
    }
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Of the ratios within the rounds of two sides. */
  static <R> Spread ofRatios(List<R> above, List<R> below, ToDoubleFunction<R> figure) {
    double[] ratios = new double[above.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(above.get(i)) / figure.applyAsDouble(below.get(i));
    }
    return of(ratios);
  }
}
