package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A control group with a contest's limits, which the script {@code bin/limit} makes. Close it when
 * everything in it has ended.
 */
final class ContestLimits implements AutoCloseable {
  private final Path script;
  private final String group;
  private final Contest contest;

  private ContestLimits(Path script, Contest contest) {
    this.script = script;
    this.contest = contest;
    group = "rinha-" + ProcessHandle.current().pid();
  }

  /**
   * Makes the group.
   *
   * @throws IllegalStateException if this machine does not allow it, with the reason
   */
  static ContestLimits of(Path script, Contest contest) {
    ContestLimits limits = new ContestLimits(script, contest);
    String _ = run(limits.inside(List.of("true")));
    return limits;
  }

  /** A command that runs another inside of the limits. */
  List<String> inside(List<String> command) {
    List<String> limited =
        new ArrayList<>(
            action("run", String.valueOf(Contest.CPUS), String.valueOf(contest.megabytes())));
    limited.addAll(command);
    return limited;
  }

  /** Megabytes that the group had at most, page cache included. */
  double peakMegabytes() {
    return Double.parseDouble(run(action("peak")));
  }

  /** Seconds in which the group had to wait for processor time that it was not granted. */
  double throttledSeconds() {
    return Double.parseDouble(run(action("throttled")));
  }

  @Override
  public void close() {
    String _ = run(action("remove"));
  }

  private List<String> action(String action, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", script.toString(), action, group));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
