package dev.espora.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link NodesBench} measures, beside {@link Settings}.
 *
 * @param measurements which
 * @param commands that the accounts have before a restart is timed
 * @param program the packaged program, where there is one: with its jars processes can be nodes
 */
public record NodesSettings(
    List<Measurement> measurements, int commands, Optional<Program> program) {

  /** What can be measured. */
  public enum Measurement {
    /** Transactions by callers in the processes that keep the accounts. */
    COMMANDS,
    /** The same through HTTP and the balancer. */
    HTTP,
    /** From opening the database to the first states. */
    RESTART
  }

  /**
   * The packaged program.
   *
   * @param home its folder
   * @param command of the program, to which arguments are added
   * @param environment that its processes need beside ours
   */
  public record Program(Path home, List<String> command, Map<String, String> environment) {

    public Program {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  /** All of it, with a million commands, without a program. */
  public static final NodesSettings DEFAULTS =
      new NodesSettings(List.of(Measurement.values()), 1_000_000, Optional.empty());

  public NodesSettings {
    measurements = List.copyOf(measurements);
    if (measurements.isEmpty()) {
      throw new IllegalArgumentException("no measurements");
    }
    if (commands < 1 || commands > 100_000_000) {
      throw new IllegalArgumentException("commands " + commands + " are not 1 to 100,000,000");
    }
  }
}
