package dev.espora.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a benchmark runs. Immutable; start from {@link #DEFAULTS} and change what matters.
 *
 * @param directory where files are made, in a folder of their own that is removed again; its file
 *     system is what is measured
 * @param callers kinds of threads, one after another
 * @param threads how many callers at a time, one row each
 * @param rounds how often each side is measured, alternating
 * @param measured how long one side is measured in one round
 * @param warmup how long each side runs before its first round
 * @param output what is printed
 */
public record Settings(
    Path directory,
    List<Callers> callers,
    List<Integer> threads,
    int rounds,
    Duration measured,
    Duration warmup,
    Output output) {

  /** For whom results are printed. */
  public enum Output {
    /** For people: a table, and progress where a terminal listens. */
    TABLE,
    /** For programs: one JSON object. */
    JSON
  }

  /**
   * The temporary folder, both kinds of callers at 1, 8, 64 and 256 threads, nine rounds of a
   * second after two seconds of warm-up.
   */
  public static final Settings DEFAULTS =
      new Settings(
          Path.of(System.getProperty("java.io.tmpdir")),
          List.of(Callers.values()),
          List.of(1, 8, 64, 256),
          9,
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Output.TABLE);

  public Settings {
    callers = List.copyOf(callers);
    threads = List.copyOf(threads);
    if (callers.isEmpty() || threads.isEmpty()) {
      throw new IllegalArgumentException("no callers or no threads");
    }
    if (threads.stream().anyMatch(count -> count < 1 || count > 10_000)) {
      throw new IllegalArgumentException("threads " + threads + " are not from 1 to 10,000");
    }
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds is " + rounds + ", not at least 1");
    }
    if (!measured.isPositive() || warmup.isNegative()) {
      throw new IllegalArgumentException("measured is not positive or warmup is negative");
    }
  }

  public Settings withDirectory(Path directory) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }

  public Settings withCallers(List<Callers> callers) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }

  public Settings withThreads(List<Integer> threads) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }

  public Settings withRounds(int rounds) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }

  public Settings withMeasured(Duration measured) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }

  public Settings withWarmup(Duration warmup) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }

  public Settings withOutput(Output output) {
    return new Settings(directory, callers, threads, rounds, measured, warmup, output);
  }
}
