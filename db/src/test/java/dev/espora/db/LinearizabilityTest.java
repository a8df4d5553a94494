package dev.espora.db;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What threads see of the shared structures is always what they would see if they had come one
 * after another.
 */
class LinearizabilityTest {

  private static StressOptions options() {
    return new StressOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(20)
        .invocationsPerIteration(200);
  }

  @Test
  void theQueueOfCommands() {
    options().check(Queue.class);
  }

  @Test
  void theCacheOfValues() {
    options().check(Cache.class);
  }

  /** Commands by their number; what is given up is never taken. */
  @Param(name = "number", gen = IntGen.class, conf = "1:9")
  public static class Queue {
    private final CommandQueue<Integer, Integer> queue = new CommandQueue<>(3);

    @Operation
    public boolean offer(@Param(name = "number") int number) {
      return queue.offer(new Pending<>(number, null));
    }

    @Operation
    public List<Integer> takeAll() {
      List<Integer> taken = new ArrayList<>();
      for (Pending<Integer, Integer> each = queue.takeAll(); each != null; each = each.next) {
        if (each.take()) {
          taken.add(each.command);
        }
      }
      return taken;
    }

    @Operation
    public boolean isEmpty() {
      return queue.isEmpty();
    }

    @Operation
    public int size() {
      return queue.size();
    }
  }

  /** What stands at a position never changes, so a cache answers that or nothing. */
  @Param(name = "position", gen = IntGen.class, conf = "1:3")
  public static class Cache {
    private final ValueCache<Integer> cache = new ValueCache<>(2);

    @Operation
    public void put(@Param(name = "position") int position) {
      Entry<Integer> entry =
          new Entry<>(position, Instant.EPOCH, Instant.EPOCH, Optional.empty(), position);
      cache.put(position, entry, 1);
    }

    @Operation
    public @Nullable Integer get(@Param(name = "position") int position) {
      Entry<Integer> entry = cache.get(position);
      return entry == null ? null : entry.value();
    }
  }
}
