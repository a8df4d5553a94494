package dev.espora.db;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What threads see of the shared structures is always what they would see if they had come one
 * after another.
 */
class LinearizabilityTest {

  @Test
  void theQueueOfCommands() {
    Lincheck.options().check(Queue.class);
  }

  @Test
  void theCacheOfValues() {
    Lincheck.options().check(Cache.class);
  }

  @Test
  void aStoreOnTheMemoryMedium() {
    Lincheck.options().sequentialSpecification(KeysModel.class).check(Keys.class);
  }

  @Test
  void theStateBesideSubmissions() {
    Lincheck.options().sequentialSpecification(SumModel.class).check(Sum.class);
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

  /** One database for all scenarios, since there are very many of them. */
  private static final Database MEMORY = Database.inMemory(Options.DEFAULTS);

  /** Creating, changing and reading few keys; each scenario begins with none. */
  @Param(name = "key", gen = IntGen.class, conf = "1:2")
  @Param(name = "value", gen = IntGen.class, conf = "1:9")
  public static class Keys {
    private final Store<Integer, Integer> store =
        MEMORY.store("keys", Integer.class, Integer.class);

    public Keys() {
      store.keys().toList().forEach(store::delete);
    }

    @Operation
    public boolean create(@Param(name = "key") int key, @Param(name = "value") int value) {
      try {
        store.create(key, value);
        return true;
      } catch (DatabaseException.AlreadyExists e) {
        return false;
      }
    }

    @Operation
    public boolean delete(@Param(name = "key") int key) {
      try {
        store.delete(key);
        return true;
      } catch (DatabaseException.Missing e) {
        return false;
      }
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
      store.put(key, value);
    }

    @Operation
    public @Nullable Integer read(@Param(name = "key") int key) {
      return store.read(key).map(Entry::value).orElse(null);
    }

    @Operation
    public long size() {
      return store.size();
    }
  }

  /** What {@link Keys} has to be like. */
  public static class KeysModel {
    private final Map<Integer, Integer> entries = new HashMap<>();

    public boolean create(int key, int value) {
      return entries.putIfAbsent(key, value) == null;
    }

    public boolean delete(int key) {
      return entries.remove(key) != null;
    }

    public void put(int key, int value) {
      entries.put(key, value);
    }

    public @Nullable Integer read(int key) {
      return entries.get(key);
    }

    public long size() {
      return entries.size();
    }
  }

  /** What a submission answers, and what a reader of the state sees beside it. */
  @Param(name = "number", gen = IntGen.class, conf = "1:9")
  public static class Sum {
    private final Partition<Counter.Total, Long, Long> partition =
        MEMORY.partition("sum", new Counter());

    private final long before = partition.state().sum();

    @Operation
    public long submit(@Param(name = "number") int number) {
      return partition.submit((long) number).result() - before;
    }

    @Operation
    public long submitAsync(@Param(name = "number") int number) {
      return partition.submitAsync((long) number).join().result() - before;
    }

    @Operation
    public long state() {
      return partition.state().sum() - before;
    }
  }

  /** What {@link Sum} has to be like. */
  public static class SumModel {
    private long sum;

    public long submit(int number) {
      sum += number;
      return sum;
    }

    public long submitAsync(int number) {
      return submit(number);
    }

    public long state() {
      return sum;
    }
  }
}
