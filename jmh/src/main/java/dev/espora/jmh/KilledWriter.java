package dev.espora.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.espora.db.Database;
import dev.espora.db.Log;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that writes a log, and is killed while it goes on writing. */
final class KilledWriter {
  static final String LOG = "transfers";

  private static final int CALLERS = 256;

  private KilledWriter() {}

  /** Returns when the process is gone; the log has at least so many rows then. */
  static void fill(Path directory, int rows) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                directory.toString(),
                String.valueOf(rows))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      if (lines.readLine() == null) {
        throw new IOException("the writer ended with exit code " + process.waitFor());
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  static void main(String[] args) {
    int rows = Integer.parseInt(args[1]);
    try (Database database = Database.open(Path.of(args[0]));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Log<Transfer> log = database.log(LOG, Transfer.class);
      AtomicInteger acknowledged = new AtomicInteger();
      for (int caller = 0; caller < CALLERS; caller++) {
        callers.execute(() -> write(log, rows, acknowledged));
      }
    }
  }

  private static void write(Log<Transfer> log, int rows, AtomicInteger acknowledged) {
    while (true) {
      var _ = log.append(Transfer.TYPICAL);
      if (acknowledged.incrementAndGet() == rows) {
        System.out.println("acknowledged");
        System.out.flush();
      }
    }
  }
}
