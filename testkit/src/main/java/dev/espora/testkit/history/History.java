package dev.espora.testkit.history;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Records in memory what the threads of one process do. */
public final class History<I, O> implements Recorder<I, O> {
  private final Queue<Open<I, O>> all = new ConcurrentLinkedQueue<>();
  private final AtomicInteger begun = new AtomicInteger(); // the queue would count one by one

  /** An empty history. */
  public History() {}

  @Override
  public Call<O> begin(String caller, I input) {
    Open<I, O> open = new Open<>(caller, input);
    all.add(open);
    begun.incrementAndGet();
    return open;
  }

  /** Everything so far. What has not ended yet has an unknown outcome. */
  public List<Operation<I, O>> operations() {
    return all.stream().map(Open::operation).toList();
  }

  /** How many operations have begun so far. */
  public int size() {
    return begun.get();
  }

  private static final class Open<I, O> implements Call<O> {
    private final String caller;
    private final I input;
    private final long invoked = System.nanoTime();

    /** Replaced once. */
    private volatile Operation<I, O> operation;

    private Open(String caller, I input) {
      this.caller = caller;
      this.input = input;
      this.operation =
          new Operation<>(caller, input, new Outcome.Unknown<>(), invoked, Long.MAX_VALUE);
    }

    private Operation<I, O> operation() {
      return operation;
    }

    @Override
    public void returned(O output) {
      end(new Outcome.Returned<>(output), System.nanoTime());
    }

    @Override
    public void failed() {
      end(new Outcome.Failed<>(), System.nanoTime());
    }

    private void end(Outcome<O> outcome, long now) {
      operation = new Operation<>(caller, input, outcome, invoked, now);
    }
  }
}
