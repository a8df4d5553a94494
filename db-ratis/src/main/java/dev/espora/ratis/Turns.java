package dev.espora.ratis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may append next, of the partitions that this node leads: first come, first served, so that
 * the nodes decide one after another and not in vain. Nothing but fairness depends on it: a turn
 * that was lost, lapsed, or given by two leaders costs an attempt.
 *
 * <p>Safe for use by several threads.
 */
final class Turns {
  /** After so long a holder that does not append is passed over. */
  static final long LAPSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long WAIT_MILLIS = 250;

  private final LongSupplier nanos;
  private final Map<String, Line> lines = new HashMap<>();

  Turns(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Those of one partition. */
  private static final class Line {
    private @Nullable String holder;
    private long since;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
  }

  private record Waiting(String node, CompletableFuture<String> holder) {}

  /**
   * Takes the turn.
   *
   * @param waits whether to stand in line for a while
   * @return who holds it then: the asking node, if it got it
   */
  synchronized CompletableFuture<String> take(String partition, String node, boolean waits) {
    Line line = lines.computeIfAbsent(partition, _ -> new Line());
    String holder = line.holder;
    boolean taken =
        holder != null && !holder.equals(node) && nanos.getAsLong() - line.since <= LAPSE_NANOS;
    if (taken && !waits) {
      return CompletableFuture.completedFuture(holder);
    }
    Waiting mine = new Waiting(node, new CompletableFuture<>());
    line.waiting.add(mine);
    if (!taken) {
      next(line);
    }
    return mine.holder.completeOnTimeout(
        String.valueOf(line.holder), WAIT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Gives the turn back, if the node has it. */
  synchronized void give(String partition, String node) {
    Line line = lines.get(partition);
    if (line != null && node.equals(line.holder)) {
      next(line);
    }
  }

  /** The turn is that of the first in line who still waits. */
  private void next(Line line) {
    Waiting next = line.waiting.poll();
    while (next != null && !next.holder.complete(next.node)) {
      next = line.waiting.poll();
    }
    line.holder = next == null ? null : next.node;
    line.since = nanos.getAsLong();
  }
}
