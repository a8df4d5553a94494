package dev.espora.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs a benchmark from the test classes, without the program: {@code engine --threads 1,8
 * --callers virtual --rounds 3 --seconds 1 --warmup 1 --directory DIR --json}.
 */
final class Launcher {
  private Launcher() {}

  static void main(String[] args) {
    List<String> left = new ArrayList<>(List.of(args));
    String benchmark = left.removeFirst();
    Settings settings = benchmark.equals("ledger") ? LedgerBench.DEFAULTS : Settings.DEFAULTS;
    while (!left.isEmpty()) {
      String option = left.removeFirst();
      settings =
          switch (option) {
            case "--json" -> settings.withOutput(Settings.Output.JSON);
            case "--threads" -> settings.withThreads(numbers(left.removeFirst()));
            case "--callers" -> settings.withCallers(callers(left.removeFirst()));
            case "--rounds" -> settings.withRounds(Integer.parseInt(left.removeFirst()));
            case "--seconds" -> settings.withMeasured(seconds(left.removeFirst()));
            case "--warmup" -> settings.withWarmup(seconds(left.removeFirst()));
            case "--directory" -> settings.withDirectory(Path.of(left.removeFirst()));
            default -> throw new IllegalArgumentException("unknown option " + option);
          };
    }
    switch (benchmark) {
      case "engine" -> EngineBench.run(settings, System.out);
      case "ledger" -> LedgerBench.run(settings, System.out);
      case "reopen" -> ReopenBench.run(settings, System.out);
      case "syncs" -> SyncCheck.run(settings, System.out);
      default -> throw new IllegalArgumentException("unknown benchmark " + benchmark);
    }
  }

  private static Duration seconds(String text) {
    return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1e3));
  }

  private static List<Integer> numbers(String text) {
    return List.of(text.split(",", -1)).stream().map(Integer::valueOf).toList();
  }

  private static List<Callers> callers(String text) {
    return List.of(text.split(",", -1)).stream()
        .map(name -> Callers.valueOf(name.toUpperCase(Locale.ROOT)))
        .toList();
  }
}
