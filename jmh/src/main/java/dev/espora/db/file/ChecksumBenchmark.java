package dev.espora.db.file;

import dev.espora.db.Batch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The chained checksums of a batch of records of 128 bytes, as it is completed for the log. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChecksumBenchmark {
  private static final long LOG = 0x5eed;
  private static final int RECORD_BYTES = 128;

  private final Batch batch = new Batch();
  private LogPoint at = new LogPoint(0, 0, 0, 0);

  /** In one batch. */
  @Param({"1", "64", "1000"})
  public int records;

  @Setup
  public void fill() {
    batch.clear();
    for (int record = 0; record < records; record++) {
      batch.beginEvent(0).writeBytes(new byte[RECORD_BYTES]);
      batch.endEvent();
    }
  }

  /** Each batch is chained to the one before. */
  @Benchmark
  public Object seal() {
    at = Mark.seal(batch, at, LOG, 0);
    return at;
  }
}
