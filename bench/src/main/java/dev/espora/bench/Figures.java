package dev.espora.bench;

import java.util.List;

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

  /** Of processes that ran at the same time. */
  static Figures together(List<Sample> samples) {
    double perSecond = samples.stream().mapToDouble(Sample::perSecond).sum();
    double smallest = samples.stream().mapToDouble(Sample::perSecond).min().orElse(0);
    Sample merged = new Sample(samples.getFirst().elapsedNanos(), Sample.together(samples));
    return new Figures(
        perSecond, merged.percentileMicros(50), merged.percentileMicros(99), smallest / perSecond);
  }
}
