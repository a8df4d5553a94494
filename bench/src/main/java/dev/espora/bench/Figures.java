package dev.espora.bench;

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
}
