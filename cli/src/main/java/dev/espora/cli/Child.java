package dev.espora.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A component that is kept running: started, watched, started again when it dies.
 *
 * <p>A child that dies before it was ever ready would do so again: that ends the whole program,
 * with the child's own last words. Later deaths are answered by a new start, at once after the
 * first and ever later while it keeps dying quickly, until {@link #QUICK_DEATHS_MAX}.
 *
 * <p>Its standard input is a pipe that nobody writes to: it ends when this process is gone, however
 * that happened, and tells the child to go too (see {@link ParentWatch}).
 */
final class Child {
  static final int QUICK_DEATHS_MAX = 8;

  /** A child that was ready for less than this died quickly. */
  private static final Duration QUICK = Duration.ofSeconds(1);

  private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
  private static final Duration BACKOFF_MAX = Duration.ofMillis(1600);

  /** What a component ends with at SIGHUP, SIGINT or SIGTERM: drained, or before it could. */
  private static final Set<Integer> TOLD_TO_END = Set.of(0, 128 + 1, 128 + 2, 128 + 15);

  /**
   * A terminal's Ctrl-C goes to this process and to all its children at once. One of them may have
   * ended before this process has heard of it, and is not started again then.
   */
  private static final Duration SIGNAL_SPREAD = Duration.ofMillis(500);

  /** The names of the contest's images for options. */
  private static final Set<String> CONTEST_VARIABLES =
      Set.of("DB", "PORT", "UNIX_SOCKET", "UPSTREAMS");

  private final Component component;
  private final JavaProgram program;
  private final Lifetime lifetime;
  private final HeldLog log;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> stopRequested = new CompletableFuture<>();
  private final Thread keeper;
  private volatile @Nullable Process process;
  private long readyAtNanos;
  private boolean readyNow;
  private boolean toldToEnd;
  private @Nullable String lastWords;

  Child(Component component, JavaProgram program, Lifetime lifetime, HeldLog log) {
    this.component = component;
    this.program = program;
    this.lifetime = lifetime;
    this.log = log;
    this.keeper = new Thread(this::keep, component.name());
  }

  Component component() {
    return component;
  }

  /** Completes with the address in the child's {@code ready} line when it comes the first time. */
  CompletableFuture<String> ready() {
    return ready;
  }

  long pid() {
    Process current = process;
    return current == null ? -1 : current.pid();
  }

  void start() {
    keeper.start();
  }

  /** Asks it to drain; returns at once. */
  void requestStop() {
    synchronized (this) {
      stopRequested.complete(null);
      if (process != null) {
        // Not Process.destroy(), which would also close the streams that we still listen to.
        process.toHandle().destroy();
      }
    }
  }

  /** Waits for its end, and returns whether it came in time. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    return keeper.join(patience);
  }

  /** Waits for its end, and kills it when that takes too long. */
  void awaitStop(Duration patience) throws InterruptedException {
    if (!awaitEnd(patience)) {
      log("does not stop, killing it");
      Process current = process;
      if (current != null) {
        current.toHandle().destroyForcibly();
      }
      keeper.join();
    }
  }

  private void keep() {
    int quickDeaths = 0;
    while (true) {
      String death;
      try {
        death = runOnce();
      } catch (IOException e) {
        death = "cannot be started: " + e.getMessage();
      }
      if (stops(toldToEnd ? SIGNAL_SPREAD : Duration.ZERO)) {
        return;
      }
      if (!ready.isDone()) {
        if (lastWords == null) {
          log.release();
        }
        lifetime.fail(
            new CommandFailed(lastWords != null ? lastWords : component.name() + " " + death));
        return;
      }
      boolean lived = readyNow && System.nanoTime() - readyAtNanos > QUICK.toNanos();
      quickDeaths = lived ? 0 : quickDeaths + 1;
      if (quickDeaths >= QUICK_DEATHS_MAX) {
        lifetime.fail(
            new CommandFailed(
                component.name()
                    + " died "
                    + quickDeaths
                    + " times in a row"
                    + (lastWords == null ? ", it " + death : ": " + lastWords)));
        return;
      }
      Duration pause = backoff(quickDeaths);
      if (stops(pause)) {
        return;
      }
      log(death + (lastWords == null ? "" : " (" + lastWords + ")") + "; starting it again");
    }
  }

  static Duration backoff(int quickDeaths) {
    Duration pause = BACKOFF_MIN.multipliedBy(1L << Math.min(quickDeaths, 10));
    return pause.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : pause;
  }

  /** Whether it is to stop, or all of the program is, within that time. */
  private boolean stops(Duration within) {
    try {
      CompletableFuture.anyOf(stopRequested, lifetime.stopped())
          .get(within.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      // Another component ends the program.
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** From start to end of one process; says how it ended. */
  private String runOnce() throws IOException {
    lastWords = null;
    readyNow = false;
    toldToEnd = false;
    ProcessBuilder builder =
        new ProcessBuilder(program.command(component.role(), arguments()))
            .redirectErrorStream(true);
    prepare(builder.environment());
    Process started;
    synchronized (this) {
      if (stopRequested.isDone()) {
        return "was not started";
      }
      started = builder.start();
      process = started;
    }
    try (BufferedReader output = started.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        heard(line, started);
      }
    }
    return ending(started);
  }

  /** It listens again where it did, also where the system had chosen the port. */
  private List<String> arguments() {
    String address = component.address();
    return component.arguments().stream()
        .map(each -> each.equals(address) ? ready.getNow(address) : each)
        .toList();
  }

  /**
   * What {@code up} decides is in the arguments of its children. None of the variables that stand
   * for options reaches them: what it says is for {@code up}, or for a part of it that runs alone.
   */
  static void prepare(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(name -> name.startsWith("ESPORA_") || CONTEST_VARIABLES.contains(name));
    environment.put(ParentWatch.VARIABLE, "stdin");
    // One arena for each thread that allocates outside the heap would cost megabytes each.
    environment.putIfAbsent("MALLOC_ARENA_MAX", "2");
  }

  private void heard(String line, Process from) {
    if (line.startsWith(Ready.PREFIX)) {
      readyNow = true;
      readyAtNanos = System.nanoTime();
      if (!ready.complete(line.substring(Ready.PREFIX.length()))) {
        log("is back, pid " + from.pid());
      }
    } else if (line.startsWith("espora: ")) {
      // The line that says why it ends: reported once, with its end.
      lastWords = line.substring("espora: ".length());
    } else {
      log.line(component.name() + " | " + line);
    }
  }

  private String ending(Process ended) {
    try {
      int status = ended.waitFor();
      toldToEnd = TOLD_TO_END.contains(status);
      // What a shell and the JDK make of a signal: 128 and its number.
      return status > 128
          ? "was ended by signal " + (status - 128)
          : "ended with exit code " + status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "was abandoned";
    }
  }

  private void log(String text) {
    log.line("espora: " + component.name() + " " + text);
  }
}
