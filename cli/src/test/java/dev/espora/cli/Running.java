package dev.espora.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A command that serves until it is told to stop; closing it ends it the hard way. */
final class Running implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Pattern READY = Pattern.compile("(?m)^ready .*\n");

  private final Process process;
  private final Path output;

  private Running(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts it and waits until it is ready. What it prints goes into a file in {@code directory}.
   */
  static Running start(Path directory, String... arguments) throws IOException {
    return start(directory, List.of(), Map.of(), arguments);
  }

  /**
   * As {@link #start}, by way of a command that starts the program, and told by the environment.
   */
  static Running start(
      Path directory, List<String> prefix, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Espora.PROGRAM.toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, arguments[0], ".out");
    ProcessBuilder builder = Espora.quick(command);
    builder.environment().putAll(environment);
    Running running =
        new Running(
            builder.redirectErrorStream(true).redirectOutput(output.toFile()).start(), output);
    try {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .failFast("ended", () -> !running.process.isAlive())
          .until(() -> READY.matcher(running.output()).find());
      return running;
    } catch (RuntimeException | Error e) {
      running.close();
      throw new AssertionError("not ready: " + command + "\n" + running.output(), e);
    }
  }

  /** All that it printed. */
  String output() throws IOException {
    return Espora.printed(output);
  }

  Process process() {
    return process;
  }

  /** SIGTERM; returns the exit code. */
  int stop() throws InterruptedException {
    process.toHandle().destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("does not stop");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
