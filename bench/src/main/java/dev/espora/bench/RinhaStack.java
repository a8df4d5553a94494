package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * {@code espora up} as a process, with all that it starts. Ends with this process at the latest.
 */
final class RinhaStack implements AutoCloseable {
  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 30;
  private static final String READY = "ready ";

  private final Process process;
  private final CompletableFuture<String> url = new CompletableFuture<>();
  private volatile String lastLine = "said nothing";

  private RinhaStack(Process process) {
    this.process = process;
  }

  /**
   * Starts it and waits until it answers.
   *
   * @throws IllegalStateException if it does not, with the reason
   */
  static RinhaStack start(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("ESPORA_")); // the benchmark's
    builder.environment().putAll(environment);
    try {
      RinhaStack stack = new RinhaStack(builder.start());
      Thread.ofPlatform().daemon().name("stack-output").start(stack::listen);
      stack.awaitReady();
      return stack;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        lastLine = line;
        if (line.startsWith(READY)) {
          url.complete(line.substring(READY.length()).strip());
        }
      }
    } catch (IOException e) {
      lastLine = e.toString();
    }
    url.completeExceptionally(new IllegalStateException("the stack ended: " + lastLine));
  }

  private void awaitReady() {
    try {
      String _ = url.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      close();
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      close();
      throw new IllegalStateException("the stack is not ready after " + START_SECONDS + " s", e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  String url() {
    return url.join();
  }

  /** Processor time of all its processes that run. */
  double cpuSeconds() {
    return ProcessUse.cpuSeconds(processes());
  }

  /** The sum of what each of its processes had in memory at most, shared pages counted in each. */
  double peakMegabytes() {
    return processes().mapToDouble(ProcessUse::peakMegabytes).sum();
  }

  /** What each of the processes that serve has in memory now. */
  List<Double> residentMegabytes() {
    return processes()
        .filter(
            each -> each.info().arguments().stream().flatMap(Stream::of).anyMatch("serve"::equals))
        .map(ProcessUse::residentMegabytes)
        .toList();
  }

  private Stream<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }

  /** Lets it drain, and kills what does not end. */
  @Override
  public void close() {
    List<ProcessHandle> all = processes().toList();
    // Not Process.destroy(), which would also close the streams that we still listen to.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
      all.forEach(each -> each.onExit().join());
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
