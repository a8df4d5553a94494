package dev.espora.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Callers that repeat one operation in a closed loop: each waits for its call before it makes the
 * next.
 *
 * @param threads how many callers
 */
record Load(Callers callers, int threads) {
  private static final long LONGEST_NANOS = Duration.ofSeconds(60).toNanos();

  /** Latencies are exact to a percent. */
  private static final int DIGITS = 2;

  /** Runs the operation for a while. It gets the number of its caller, from 0. */
  Sample run(Duration duration, IntConsumer operation) {
    Run run = new Run(operation, threads);
    List<Thread> started = new ArrayList<>();
    for (int caller = 0; caller < threads; caller++) {
      int number = caller;
      started.add(callers.start(() -> run.call(number)));
    }
    try {
      run.ready.await();
      long start = System.nanoTime();
      run.go.countDown();
      Thread.sleep(duration);
      run.over = true;
      for (Thread thread : started) {
        thread.join();
      }
      long elapsed = System.nanoTime() - start;
      Throwable failure = run.failure.get();
      if (failure != null) {
        throw new IllegalStateException("an operation failed: " + failure, failure);
      }
      return new Sample(elapsed, run.latencies);
    } catch (InterruptedException e) {
      run.over = true;
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Gives every caller the same work, and returns when all are done. */
  void each(Runnable work) {
    List<Thread> started = new ArrayList<>();
    for (int caller = 0; caller < threads; caller++) {
      started.add(callers.start(work));
    }
    try {
      for (Thread thread : started) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What the callers of one run share. */
  private static final class Run {
    final IntConsumer operation;
    final CountDownLatch ready;
    final CountDownLatch go = new CountDownLatch(1);
    final Histogram latencies = newHistogram();
    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    volatile boolean over;

    Run(IntConsumer operation, int threads) {
      this.operation = operation;
      this.ready = new CountDownLatch(threads);
    }

    void call(int number) {
      Histogram own = newHistogram();
      ready.countDown();
      try {
        go.await();
        while (!over) {
          long start = System.nanoTime();
          operation.accept(number);
          own.recordValue(Math.min(System.nanoTime() - start, LONGEST_NANOS));
        }
      } catch (Throwable e) {
        over = true;
        failure.compareAndSet(null, e);
      }
      synchronized (latencies) {
        latencies.add(own);
      }
    }

    private static Histogram newHistogram() {
      return new Histogram(1_000, LONGEST_NANOS, DIGITS);
    }
  }
}
