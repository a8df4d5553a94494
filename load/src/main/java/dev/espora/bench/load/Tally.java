package dev.espora.bench.load;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Requests of one kind. Safe for use by many threads. */
final class Tally {
  private static final int DIGITS = 3;

  private final LongAdder sent = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final Histogram millis = new ConcurrentHistogram(DIGITS);

  /** A request is about to be sent. */
  void sending() {
    sent.increment();
  }

  /** Its answer came so long after it was sent. */
  void answered(long latencyMillis) {
    millis.recordValue(latencyMillis);
  }

  /** An answer was not right. */
  void wrong() {
    wrong.increment();
  }

  long answers() {
    return millis.getTotalCount();
  }

  long unanswered() {
    return sent.sum() - answers();
  }

  /**
   * For the process that asked, with tabs between: requests; those whose answer was not right or
   * did not come; and in milliseconds the percentiles 50, 75 and 99 and the maximum of those
   * answered.
   */
  String line() {
    return "%d\t%d\t%d\t%d\t%d\t%d"
        .formatted(
            sent.sum(),
            wrong.sum() + unanswered(),
            millis.getValueAtPercentile(50),
            millis.getValueAtPercentile(75),
            millis.getValueAtPercentile(99),
            millis.getMaxValue());
  }
}
