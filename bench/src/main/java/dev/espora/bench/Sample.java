package dev.espora.bench;

import org.HdrHistogram.Histogram;

/**
 * What one side did in one round.
 *
 * @param elapsedNanos from the common start to the end of the last call
 * @param latencies of every call, in nanoseconds
 */
record Sample(long elapsedNanos, Histogram latencies) {

  long operations() {
    return latencies.getTotalCount();
  }

  double perSecond() {
    return operations() * 1e9 / elapsedNanos;
  }

  double percentileMicros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e3;
  }
}
