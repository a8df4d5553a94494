package dev.espora.db;

import org.jspecify.annotations.Nullable;

/**
 * Lets the callers of the last batch come back before the next one is closed.
 *
 * <p>A committer that has just woken its callers is faster than they are: it would sync the first
 * one or two of them and keep the others waiting for that sync. Yielding the processor for a moment
 * costs less than the sync saved. Where callers do not come back at once, because they are far
 * away, the attempt is soon made only now and then.
 */
final class Gathering {
  /** Less than one sync takes. */
  private static final long MOST_NANOS = 60_000;

  private static final int MOST_PAUSES = 1 << 10;

  private int expected;

  /** Batches to let pass before the next attempt, and after a failed one. */
  private int pauses;

  private int nextPauses = 1;

  /** Remembers how many callers a batch had. */
  void expect(@Nullable Pending<?, ?> first) {
    expected = 0;
    for (Pending<?, ?> each = first; each != null; each = each.next) {
      expected++;
    }
  }

  /** Waits a moment for as many commands as the last batch had. */
  @SuppressWarnings("ThreadPriorityCheck") // bounded, and only where it has paid lately
  void await(CommandQueue<?, ?> queue) {
    if (expected < 2 || queue.size() >= expected) {
      return;
    }
    if (pauses > 0) {
      pauses--;
      return;
    }
    long deadline = System.nanoTime() + MOST_NANOS;
    while (queue.size() < expected) {
      if (System.nanoTime() - deadline > 0) {
        pauses = nextPauses;
        nextPauses = Math.min(2 * nextPauses, MOST_PAUSES);
        return;
      }
      Thread.yield();
    }
    nextPauses = 1;
  }
}
