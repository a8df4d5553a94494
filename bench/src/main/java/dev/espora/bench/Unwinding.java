package dev.espora.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a signal end a benchmark as a failure would: what it waits for is ended, and this process
 * stays until everything is closed. Open it first, so that it is closed last.
 */
final class Unwinding implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Runnable waitedFor = () -> {};
  private final Thread hook = new Thread(this::unwind, "unwinding");

  private Unwinding() {}

  static Unwinding begin() {
    Unwinding unwinding = new Unwinding();
    Runtime.getRuntime().addShutdownHook(unwinding.hook);
    return unwinding;
  }

  /** How to end what the benchmark waits for from now on. */
  void onSignal(Runnable end) {
    waitedFor = end;
  }

  private void unwind() {
    waitedFor.run();
    try {
      boolean _ = closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal came; the hook has just been told.
    }
  }
}
