package dev.espora.examples;

import dev.espora.db.Database;
import dev.espora.db.Store;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Two processes count in one database at the same time and lose nothing: {@link Store#modify}
 * reads, changes, and writes only if nobody else has written meanwhile.
 */
final class SharedCounter {
  private static final int TIMES = 500;

  private SharedCounter() {}

  static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Path.of(args[0]);
    try (Database database = Database.open(directory)) {
      Store<String, Long> counters = database.store("counters", String.class, Long.class);
      if (args.length > 1) {
        count(counters);
        return;
      }
      counters.put("visits", 0L);
      Process other = startAnother(directory);
      count(counters);
      if (other.waitFor() != 0) {
        throw new IllegalStateException("the other process ended with " + other.exitValue());
      }
      long visits = counters.read("visits").orElseThrow().value();
      IO.println("two processes counted to " + visits);
    }
  }

  private static void count(Store<String, Long> counters) {
    for (int i = 0; i < TIMES; i++) {
      counters.modify("visits", visits -> visits + 1);
    }
  }

  /** This program again, in a JVM of its own. */
  private static Process startAnother(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SharedCounter.class.getName(),
            directory.toString(),
            "second")
        .inheritIO()
        .start();
  }
}
