package dev.espora.bench;

import dev.espora.bench.NodesSettings.Measurement;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * The bank's work on several nodes beside the file medium in one process: how many transactions,
 * within the processes and through HTTP, how long until it is there again, how much memory.
 */
public final class NodesBench {

  /** {@link Settings#DEFAULTS} with 64 and 512 in flight, and five rounds of two seconds. */
  public static final Settings DEFAULTS =
      Settings.DEFAULTS
          .withCallers(List.of(Callers.VIRTUAL))
          .withThreads(List.of(64, 512))
          .withRounds(5)
          .withMeasured(Duration.ofSeconds(2))
          .withWarmup(Duration.ofSeconds(5));

  private NodesBench() {}

  /**
   * Runs it and prints what it found. What cannot be started is absent, with a note.
   *
   * @throws IllegalStateException if a balance is not what was acknowledged
   */
  public static void run(Settings settings, NodesSettings nodes, PrintStream out) {
    try (Unwinding unwinding = Unwinding.begin();
        Workplace workplace = Workplace.in(settings.directory())) {
      if (nodes.measurements().contains(Measurement.COMMANDS)) {
        new NodesCommands(settings, nodes, workplace.resolve("commands")).run(out, unwinding);
      }
      if (nodes.measurements().contains(Measurement.HTTP)) {
        new NodesHttp(settings, nodes, workplace.resolve("http")).run(out, unwinding);
      }
      if (nodes.measurements().contains(Measurement.RESTART)) {
        new NodesRestart(settings, nodes, workplace.resolve("restart")).run(out);
      }
    }
  }
}
