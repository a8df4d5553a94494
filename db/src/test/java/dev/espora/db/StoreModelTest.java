package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on a store beside the same ones on a {@link TreeMap}: two openings of one
 * directory take turns, as two processes do, are closed and opened again, compact, and time passes.
 * After each sequence everything that can be read is compared.
 */
class StoreModelTest {
  private static final int SEQUENCES = 100;
  private static final int STEPS = 1_000;

  @TempDir Path temporary;

  record Value(int number, String padding) {}

  /** What the store should hold. */
  private record Expected(Value value, long created, long expires, long sequence) {}

  @Test
  void twoOpenersOfAFileStoreBehaveLikeOneTreeMap() {
    long seed = System.nanoTime();
    System.out.println("StoreModelTest seed " + seed);
    for (int i = 0; i < SEQUENCES; i++) {
      run(seed + i, temporary.resolve("data-" + i));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aMemoryStoreBehavesLikeATreeMap(long seed) {
    run(seed, null);
  }

  private static void run(long seed, @Nullable Path directory) {
    Random random = new Random(seed);
    Model model = new Model(random, directory);
    try {
      for (int step = 0; step < STEPS; step++) {
        model.step();
      }
      model.checkAll();
      model.reopen();
      model.checkAll();
    } catch (RuntimeException | AssertionError e) {
      fail("seed " + seed + ": " + e.getMessage(), e);
    } finally {
      model.close();
    }
  }

  /** A store, opened twice where it is in files, and what it should hold. */
  private static final class Model {
    private final TreeMap<String, Expected> entries = new TreeMap<>();
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Random random;
    private final @Nullable Path directory;
    private final Options options;
    private final int keys;
    private final List<Database> databases = new ArrayList<>();
    private final List<Store<String, Value>> stores = new ArrayList<>();

    Model(Random random, @Nullable Path directory) {
      this.random = random;
      this.directory = directory;
      this.keys = 1 << random.nextInt(11);
      this.options =
          Options.DEFAULTS
              .withDurability(Durability.NONE) // the order is the same, and a run takes seconds
              .withClock(() -> Instant.ofEpochMilli(clock.get()))
              .withCachedValues(random.nextInt(3) * 8);
      open();
    }

    private void open() {
      int openers = directory == null ? 1 : 2;
      for (int i = 0; i < openers; i++) {
        Database db =
            directory == null ? Database.inMemory(options) : Database.open(directory, options);
        databases.add(db);
        stores.add(db.store("things", String.class, Value.class));
      }
    }

    void close() {
      databases.forEach(Database::close);
      databases.clear();
      stores.clear();
    }

    void reopen() {
      if (directory != null) {
        close();
        open();
      }
    }

    private Store<String, Value> store() {
      return stores.get(random.nextInt(stores.size()));
    }

    private String key() {
      int number = random.nextInt(keys);
      return switch (number % 4) {
        case 0 -> "k" + number;
        case 1 -> "ключ-" + number;
        case 2 -> "\uFFFD" + number; // beyond the next one in UTF-8, before it in UTF-16
        default -> "\uD83D\uDE00" + number;
      };
    }

    private Value value() {
      return new Value(random.nextInt(), "x".repeat(random.nextInt(200)));
    }

    void step() {
      int choice = random.nextInt(100);
      if (choice < 15) {
        create();
      } else if (choice < 35) {
        put();
      } else if (choice < 50) {
        update();
      } else if (choice < 62) {
        delete();
      } else if (choice < 70) {
        compareAndSet();
      } else if (choice < 78) {
        batch();
      } else if (choice < 93) {
        checkOne();
      } else if (choice < 96) {
        clock.addAndGet(random.nextInt(3_000));
      } else if (choice < 97) {
        checkRange();
      } else if (choice < 98) {
        store().compact();
      } else if (choice < 99) {
        checkAll();
      } else if (random.nextInt(10) == 0) {
        reopen();
      }
    }

    private @Nullable Ttl ttl() {
      return random.nextInt(4) == 0 ? Ttl.of(Duration.ofMillis(1 + random.nextInt(5_000))) : null;
    }

    private @Nullable Expected live(String key) {
      Expected expected = entries.get(key);
      if (expected != null && expected.expires <= clock.get()) {
        entries.remove(key);
        return null;
      }
      return expected;
    }

    private boolean isRefused(
        Class<? extends DatabaseException> reason,
        java.util.function.Supplier<Receipt<Long>> call) {
      try {
        Receipt<Long> receipt = call.get();
        sequence = receipt.result();
        return false;
      } catch (DatabaseException e) {
        assertThat(e).isInstanceOf(reason);
        return true;
      }
    }

    private long sequence;

    private void written(String key, Value value, long created, long expires) {
      entries.put(key, new Expected(value, created, expires, sequence));
    }

    private long expires(@Nullable Ttl ttl) {
      return ttl == null ? Long.MAX_VALUE : clock.get() + ttl.duration().toMillis();
    }

    private void create() {
      String key = key();
      Value value = value();
      Ttl ttl = ttl();
      Expected old = live(key);
      long now = clock.get();
      Class<? extends DatabaseException> reason =
          old != null ? DatabaseException.AlreadyExists.class : DatabaseException.Expired.class;
      boolean refused =
          isRefused(
              reason,
              () -> ttl == null ? store().create(key, value) : store().create(key, value, ttl));
      assertThat(refused).isEqualTo(old != null || expires(ttl) <= now);
      if (!refused) {
        written(key, value, now, expires(ttl));
      }
    }

    private void put() {
      String key = key();
      Value value = value();
      Ttl ttl = ttl();
      Expected old = live(key);
      long now = clock.get();
      boolean refused =
          isRefused(
              DatabaseException.Expired.class,
              () -> ttl == null ? store().put(key, value) : store().put(key, value, ttl));
      assertThat(refused).isEqualTo(expires(ttl) <= now);
      if (!refused) {
        written(key, value, old == null ? now : old.created, expires(ttl));
      }
    }

    private void update() {
      String key = key();
      Value value = value();
      Expected old = live(key);
      boolean refused =
          isRefused(DatabaseException.Missing.class, () -> store().update(key, value));
      assertThat(refused).isEqualTo(old == null);
      if (old != null) {
        written(key, value, old.created, old.expires);
      }
    }

    private void delete() {
      String key = key();
      Expected old = live(key);
      boolean refused = isRefused(DatabaseException.Missing.class, () -> store().delete(key));
      assertThat(refused).isEqualTo(old == null);
      entries.remove(key);
    }

    private void compareAndSet() {
      String key = key();
      Value value = value();
      Expected old = live(key);
      long actual = old == null ? -1 : old.sequence;
      long expected = random.nextBoolean() ? actual : random.nextLong(100_000);
      Class<? extends DatabaseException> reason =
          old == null ? DatabaseException.Missing.class : DatabaseException.Conflict.class;
      boolean refused = isRefused(reason, () -> store().compareAndSet(key, expected, value));
      assertThat(refused)
          .as("compare and set of %s", key)
          .isEqualTo(old == null || expected != actual);
      if (!refused && old != null) {
        written(key, value, old.created, old.expires);
      }
    }

    private void batch() {
      TreeMap<String, Optional<Expected>> after = new TreeMap<>();
      long now = clock.get();
      boolean[] fails = new boolean[1];
      int count = 1 + random.nextInt(8);
      boolean refused =
          isRefused(
              DatabaseException.class,
              () ->
                  store()
                      .batch(batch -> {
                        for (int i = 0; i < count; i++) {
                          String key = key();
                          Value value = value();
                          Expected live = live(key);
                          Optional<Expected> old =
                              after.getOrDefault(key, Optional.ofNullable(live));
                          switch (random.nextInt(8)) {
                            case 0 -> {
                              batch.create(key, value);
                              fails[0] |= old.isPresent();
                              after.put(
                                  key, Optional.of(new Expected(value, now, Long.MAX_VALUE, -1)));
                            }
                            case 1 -> {
                              batch.delete(key);
                              fails[0] |= old.isEmpty();
                              after.put(key, Optional.empty());
                            }
                            default -> {
                              batch.put(key, value);
                              long created = old.map(Expected::created).orElse(now);
                              after.put(
                                  key,
                                  Optional.of(new Expected(value, created, Long.MAX_VALUE, -1)));
                            }
                          }
                        }
                      }));
      assertThat(refused).isEqualTo(fails[0]);
      if (!refused) {
        after.forEach((key, expected) -> {
          if (expected.isEmpty()) {
            entries.remove(key);
          } else {
            sequence = store().read(key).orElseThrow().sequence();
            written(key, expected.get().value, expected.get().created, Long.MAX_VALUE);
          }
        });
      }
    }

    private void checkOne() {
      String key = key();
      Expected expected = live(key);
      Store<String, Value> store = store();
      assertThat(store.contains(key)).isEqualTo(expected != null);
      check(key, expected, store.read(key));
    }

    private static void check(
        String key, @Nullable Expected expected, Optional<Entry<Value>> entry) {
      assertThat(entry.isPresent()).as("presence of %s", key).isEqualTo(expected != null);
      if (expected != null) {
        check(expected, entry.orElseThrow());
      }
    }

    private static void check(Expected expected, Entry<Value> entry) {
      assertThat(entry.value()).isEqualTo(expected.value);
      assertThat(entry.sequence()).isEqualTo(expected.sequence);
      assertThat(entry.created().toEpochMilli()).isEqualTo(expected.created);
      assertThat(entry.expires().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE))
          .isEqualTo(expected.expires);
    }

    private void checkRange() {
      String a = key();
      String b = key();
      long now = clock.get();
      String from = a.compareTo(b) < 0 ? a : b;
      String to = a.compareTo(b) < 0 ? b : a;
      List<String> expected = new ArrayList<>();
      entries
          .subMap(from, to)
          .forEach((key, entry) -> {
            if (entry.expires > now) {
              expected.add(key);
            }
          });
      try (Stream<Map.Entry<String, Entry<Value>>> range = store().range(from, to)) {
        assertThat(range.map(Map.Entry::getKey).toList()).isEqualTo(expected);
      }
    }

    void checkAll() {
      long now = clock.get();
      entries.values().removeIf(expected -> expected.expires <= now);
      for (Store<String, Value> store : stores) {
        assertThat(store.size()).isEqualTo(entries.size());
        List<String> found = new ArrayList<>();
        try (Stream<Map.Entry<String, Entry<Value>>> all = store.entries()) {
          all.forEach(each -> {
            found.add(each.getKey());
            check(each.getKey(), entries.get(each.getKey()), Optional.of(each.getValue()));
          });
        }
        assertThat(found).isEqualTo(List.copyOf(entries.keySet()));
        assertThat(store.keys().toList()).isEqualTo(found);
        IndexCheck.check(store);
      }
    }
  }
}
