package dev.espora.bench;

import java.util.Arrays;

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
}
