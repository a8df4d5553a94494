package dev.espora.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.DataFormatException;
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

  /** The latencies of all of them. */
  static Histogram together(List<Sample> samples) {
    Histogram together = samples.getFirst().latencies.copy();
    samples.subList(1, samples.size()).forEach(sample -> together.add(sample.latencies));
    return together;
  }

  /** One word, for another process: nanoseconds and latencies. */
  String format() {
    ByteBuffer bytes = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
    int length = latencies.encodeIntoCompressedByteBuffer(bytes);
    return elapsedNanos
        + ":"
        + Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  static Sample parse(String word) {
    String[] parts = word.split(":", -1);
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(parts[1]));
      return new Sample(
          Long.parseLong(parts[0]), Histogram.decodeFromCompressedByteBuffer(bytes, 0));
    } catch (DataFormatException e) {
      throw new IllegalStateException("a child process answered '" + word + "'", e);
    }
  }
}
