package dev.espora.jmh;

import dev.espora.db.Database;
import dev.espora.db.Options;
import java.io.IOException;
import java.nio.file.Path;
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
 * Opening a log whose writer was killed, until its state is there. Each opening has a copy of the
 * same files, which are in the page cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5)
@Measurement(iterations = 10)
public class RecoveryBenchmark {

  /** In the log, at least. */
  @Param("100000")
  public int rows;

  private final Scratch written = new Scratch();
  private final Scratch copies = new Scratch();
  private Path killed = Path.of("");
  private Path copy = Path.of("");
  private Database database = Database.inMemory(Options.DEFAULTS);

  @Setup
  public void write() throws IOException, InterruptedException {
    killed = written.newDirectory();
    KilledWriter.fill(killed, rows);
  }

  @TearDown
  public void delete() throws IOException {
    written.delete();
  }

  @Setup(Level.Invocation)
  public void copy() throws IOException {
    copy = copies.copy(killed);
  }

  @TearDown(Level.Invocation)
  public void closeCopy() throws IOException {
    database.close();
    copies.delete();
  }

  @Benchmark
  public long reopen() {
    database = Database.open(copy);
    long found = database.log(KilledWriter.LOG, Transfer.class).size();
    if (found < rows) {
      throw new IllegalStateException(rows + " rows were acknowledged, " + found + " are there");
    }
    return found;
  }
}
