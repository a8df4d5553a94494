package dev.espora.jmh;

import dev.espora.db.Database;
import dev.espora.db.Log;
import dev.espora.db.Options;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One row appended by one caller: a batch that is committed when the call returns. In files that is
 * a write and a sync of the disk that {@code java.io.tmpdir} is on.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AppendBenchmark {

  /** Where rows go. */
  public enum Medium {
    MEMORY,
    FILE
  }

  @Param public Medium medium = Medium.MEMORY;

  private final Scratch scratch = new Scratch();
  private Database database = Database.inMemory(Options.DEFAULTS);
  private Log<Transfer> log = database.log("transfers", Transfer.class);

  /** A log of its own for each iteration, so that none is longer for having been preceded. */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    database.close();
    database =
        switch (medium) {
          case MEMORY -> Database.inMemory(Options.DEFAULTS);
          case FILE -> Database.open(scratch.newDirectory());
        };
    log = database.log("transfers", Transfer.class);
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    database.close();
    scratch.delete();
  }

  @Benchmark
  public Object append() {
    return log.append(Transfer.TYPICAL);
  }
}
