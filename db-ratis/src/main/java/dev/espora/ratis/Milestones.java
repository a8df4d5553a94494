package dev.espora.ratis;

import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for entries to be applied.
 *
 * <p>Safe for use by several threads.
 */
final class Milestones {
  private final LongSupplier applied;
  private final NavigableMap<Long, CompletableFuture<@Nullable Void>> waiting = new TreeMap<>();

  /**
   * @param applied the last entry that was applied, -1 if none was; {@link #reach} is called after
   *     it has moved on
   */
  Milestones(LongSupplier applied) {
    this.applied = applied;
  }

  /** Is done once an entry is applied. */
  CompletableFuture<@Nullable Void> reached(long index) {
    synchronized (waiting) {
      return applied.getAsLong() >= index
          ? CompletableFuture.completedFuture(null)
          : waiting.computeIfAbsent(index, _ -> new CompletableFuture<>());
    }
  }

  /** An entry was applied, and all before it. */
  void reach(long index) {
    NavigableMap<Long, CompletableFuture<@Nullable Void>> done;
    synchronized (waiting) {
      if (waiting.isEmpty() || waiting.firstKey() > index) {
        return;
      }
      done = new TreeMap<>(waiting.headMap(index, true));
      waiting.keySet().removeAll(done.keySet());
    }
    done.values().forEach(each -> each.complete(null));
  }
}
