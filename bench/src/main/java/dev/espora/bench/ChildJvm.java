package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Another JVM with the same classes, which runs {@link Child}. Both sides talk in lines; what the
 * child writes to standard error is shown.
 */
final class ChildJvm implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;

  private final String work;
  private final Process process;
  private final BufferedReader lines;

  private ChildJvm(String work, List<String> command) {
    this.work = work;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  static ChildJvm start(List<String> arguments) {
    return new ChildJvm(arguments.getFirst(), command(arguments));
  }

  /** Starts it with a heap of its own, {@code -Xmx256m} for instance. */
  static ChildJvm startInHeap(String heap, List<String> arguments) {
    List<String> command = command(arguments);
    command.add(1, heap);
    return new ChildJvm(arguments.getFirst(), command);
  }

  /** Starts it under another program, a tracer for instance. */
  static ChildJvm startUnder(List<String> program, List<String> arguments) {
    List<String> command = new ArrayList<>(program);
    command.addAll(command(arguments));
    return new ChildJvm(arguments.getFirst(), command);
  }

  /** Starts it with a command of its own, up to and including the main class. */
  static ChildJvm startWith(List<String> start, List<String> arguments) {
    List<String> command = new ArrayList<>(start);
    command.addAll(arguments);
    return new ChildJvm(arguments.getFirst(), command);
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Module module = Child.class.getModule();
    if (module.isNamed()) {
      command.addAll(
          List.of(
              "--enable-native-access=dev.espora.db,dev.espora.bench",
              "--module-path",
              System.getProperty("jdk.module.path"),
              "--module",
              module.getName() + "/" + Child.class.getName()));
    } else {
      command.addAll(
          List.of(
              "--enable-native-access=ALL-UNNAMED",
              "--class-path",
              System.getProperty("java.class.path"),
              Child.class.getName()));
    }
    command.addAll(arguments);
    return command;
  }

  /**
   * The class path of this process, also where it has modules.
   *
   * @param more a folder with jars that are added
   */
  static String classPath(Optional<Path> more) {
    String own =
        Child.class.getModule().isNamed()
            ? System.getProperty("jdk.module.path")
            : System.getProperty("java.class.path");
    return more.map(folder -> own + File.pathSeparator + folder.resolve("*")).orElse(own);
  }

  /** The child's next line. */
  String receive() {
    try {
      String line = lines.readLine();
      if (line == null) {
        await();
        throw new IllegalStateException(
            "the process for '" + work + "' ended early with exit code " + process.exitValue());
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The child's next line.
   *
   * @throws IllegalStateException if it has not come within the limit; the child is ended then
   */
  String receive(Duration limit) {
    FutureTask<String> line = new FutureTask<>(this::receive);
    Thread.ofVirtual().name("child-line").start(line);
    try {
      return line.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      kill();
      throw new IllegalStateException(
          "no answer within " + limit.toSeconds() + " s, so it was ended", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(requireNonNull(e.getCause()).getMessage(), e);
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  void send(String line) {
    try {
      process.outputWriter(UTF_8).write(line + "\n");
      process.outputWriter(UTF_8).flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it, and what it started, as {@code kill -9} does. */
  void kill() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
    await();
  }

  /** Waits until it ended by itself. */
  void await() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives it a little time to end, then ends it. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (IOException e) {
      kill();
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
  }
}
