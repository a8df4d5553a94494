package dev.espora.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * From the start of a command to the signal that ends it.
 *
 * <p>The JVM answers SIGINT, SIGTERM and SIGHUP with its shutdown hooks and an exit code of 128 and
 * the signal's number. A command that calls {@link #begin} changes that: the signal ends {@link
 * #await}, the command drains and returns as usual, and the process ends with the exit code that it
 * returned.
 */
final class Lifetime {
  /** What a command may need beyond its drain, to close what it has open. */
  private static final Duration CLOSING_MAX = Duration.ofSeconds(20);

  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile int status = 1;

  /**
   * From now on signals, and the end of a parent process, let the command drain.
   *
   * @param drain how long it may wait for others then
   */
  void begin(Duration drain) {
    Duration patience = patience(drain);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drainThenHalt(patience), "signal"));
    ParentWatch.begin(this);
  }

  /** Completes normally at a signal, exceptionally after {@link #fail}. */
  CompletableFuture<Void> stopped() {
    return stopped;
  }

  /**
   * Waits for a signal.
   *
   * @throws CommandFailed what {@link #fail} was given
   */
  void await() throws InterruptedException {
    try {
      stopped.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof CommandFailed failure ? failure : new IllegalStateException(e);
    }
  }

  /** Asks the command to end, as a signal does. */
  void stop() {
    stopped.complete(null);
  }

  /** Ends the command with a failure. */
  void fail(CommandFailed failure) {
    stopped.completeExceptionally(failure);
  }

  /** The command has returned: nothing is left to wait for. */
  void finished(int exitCode) {
    status = exitCode;
    finished.countDown();
  }

  /** After this long a command that drains is stuck. */
  static Duration patience(Duration drain) {
    return drain.plus(CLOSING_MAX);
  }

  private void drainThenHalt(Duration patience) {
    stop();
    boolean inTime = false;
    try {
      inTime = finished.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(inTime ? status : 1);
  }
}
