package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of every type that has an order, and of some that have none; long ones, too. */
class StoreKeysTest {
  private static final Options LONG_KEYS =
      Options.DEFAULTS.withLimits(Limits.DEFAULTS.withKeyBytes(16 << 10));

  private final Database db = Database.inMemory(LONG_KEYS);

  @TempDir Path directory;

  @AfterEach
  void close() {
    db.close();
  }

  enum Size {
    SMALL,
    MIDDLE,
    LARGE
  }

  record Plain(int a, String b) {}

  /** Ordered by the second component first, downwards. */
  record Ordered(int a, String b) implements Comparable<Ordered> {
    @Override
    public int compareTo(Ordered other) {
      return Comparator.comparing(Ordered::b)
          .reversed()
          .thenComparingInt(Ordered::a)
          .compare(this, other);
    }
  }

  record Tagged(Set<String> tags) {}

  private <K extends Comparable<? super K>> void checkOrder(Class<K> type, List<K> some) {
    Store<K, Integer> store =
        db.store(type.getSimpleName().toLowerCase(java.util.Locale.ROOT), type, Integer.class);
    TreeSet<K> sorted = new TreeSet<>(some);
    List<K> shuffled = new ArrayList<>(sorted);
    long seed = System.nanoTime();
    Collections.shuffle(shuffled, new Random(seed));
    shuffled.forEach(key -> store.create(key, 1));
    List<K> expected = List.copyOf(sorted);
    assertThat(store.keys().toList()).as("seed %s", seed).isEqualTo(expected);
    for (int from = 0; from < expected.size(); from++) {
      for (int to = 0; to < expected.size(); to++) {
        List<K> range = from <= to ? expected.subList(from, to) : List.of();
        assertThat(range(store, expected.get(from), expected.get(to)))
            .as("seed %s", seed)
            .isEqualTo(range);
      }
    }
    IndexCheck.check(store);
    expected.forEach(store::delete);
    assertThat(store.size()).isZero();
    IndexCheck.check(store);
  }

  private static <K> List<K> range(Store<K, ?> store, K from, K to) {
    try (Stream<? extends Map.Entry<K, ?>> entries = store.range(from, to)) {
      return entries.<K>map(Map.Entry::getKey).toList();
    }
  }

  @Test
  void stringsAreInTheOrderOfTheirCodeUnits() {
    checkOrder(
        String.class,
        List.of(
            "",
            "a",
            "aa",
            "ab",
            "b",
            "é",
            "\u07FF",
            "\u0800",
            "\uD7FF",
            "\uE000",
            "\uFFFD",
            "\uFFFF",
            "\uD800\uDC00",
            "\uDBFF\uDFFF",
            "a\uE000",
            "a\uD83D\uDE00",
            "a\0",
            "\0",
            "\uD83D\uDE00a",
            "\uD83D\uDE00",
            "x".repeat(200),
            "x".repeat(200) + "\uFFFD",
            "x".repeat(200) + "\uD83D\uDE00",
            "\uEFFF",
            "\uF000"));
  }

  @Test
  void numbersAreInTheirOrderNegativeOnesFirst() {
    checkOrder(
        Integer.class,
        List.of(0, 1, -1, 63, 64, -64, -65, 8191, 8192, Integer.MIN_VALUE, Integer.MAX_VALUE));
    checkOrder(
        Long.class,
        List.of(
            0L,
            1L,
            -1L,
            1L << 32,
            -(1L << 32),
            1L << 62,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MIN_VALUE + 1));
    checkOrder(Short.class, List.of((short) 0, Short.MIN_VALUE, Short.MAX_VALUE, (short) -1));
    checkOrder(Byte.class, List.of((byte) 0, Byte.MIN_VALUE, Byte.MAX_VALUE, (byte) -1));
    checkOrder(Character.class, List.of('a', '\0', '\uFFFF', 'é', '\uD800'));
    checkOrder(Boolean.class, List.of(true, false));
    checkOrder(
        Double.class,
        List.of(
            0.0,
            -0.0,
            1.5,
            -1.5,
            Double.NaN,
            Double.MIN_VALUE,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY));
  }

  @Test
  void otherComparablesAreInTheirNaturalOrder() {
    checkOrder(
        UUID.class,
        List.of(
            new UUID(0, 0),
            new UUID(-1, 0),
            new UUID(0, -1),
            new UUID(1, 1),
            new UUID(Long.MIN_VALUE, 1),
            new UUID(Long.MAX_VALUE, -1)));
    checkOrder(
        Instant.class,
        List.of(
            Instant.EPOCH,
            Instant.MIN,
            Instant.MAX,
            Instant.ofEpochSecond(-1, 999_999_999),
            Instant.ofEpochSecond(1, 5)));
    checkOrder(
        LocalDate.class,
        List.of(LocalDate.EPOCH, LocalDate.MIN, LocalDate.MAX, LocalDate.of(1969, 12, 31)));
    checkOrder(Size.class, List.of(Size.values()));
    checkOrder(
        Ordered.class,
        List.of(
            new Ordered(1, "a"), new Ordered(2, "a"), new Ordered(-5, "b"), new Ordered(0, "")));
  }

  @Test
  void keysWithoutOrderAreFoundAndScannedButHaveNoRanges() {
    Store<Plain, Integer> store = db.store("plain", Plain.class, Integer.class);
    for (int i = 0; i < 500; i++) {
      store.create(new Plain(i, "b"), i);
    }
    assertThat(store.read(new Plain(77, "b")).orElseThrow().value()).isEqualTo(77);
    assertThat(store.contains(new Plain(77, "c"))).isFalse();
    assertThat(store.keys()).hasSize(500).doesNotHaveDuplicates();
    assertThatThrownBy(() -> store.range(new Plain(1, "b"), new Plain(2, "b")))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("the keys of store plain are not Comparable, so there are no ranges of them");
  }

  @Test
  void aKeyThatHoldsASetIsRefused() {
    assertThatThrownBy(() -> db.store("tagged", Tagged.class, Integer.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Tagged cannot be a key: it holds a Set");
  }

  @Test
  void anUnpairedSurrogateIsNeverTakenForAnotherKey() {
    Store<String, Integer> store = db.store("surrogates", String.class, Integer.class);
    store.put("?", 1);
    store.put("\uFFFD", 2);
    assertThatThrownBy(() -> store.put("\uD800", 3)).isInstanceOf(RuntimeException.class);
    assertThat(store.size()).isEqualTo(2);
  }

  @Test
  void keysOfAllLengthsUpToTheLongestFitIntoTheIndex() {
    Store<String, Integer> store = db.store("long", String.class, Integer.class);
    int longest = (16 << 10) - 3; // behind three bytes of length
    Random random = new Random(7);
    TreeSet<String> keys = new TreeSet<>();
    for (int i = 0; i < 14; i++) {
      keys.add("a%02d".formatted(i)); // short ones in front of long ones, in one leaf
    }
    for (int i = 0; i < 300; i++) {
      keys.add("b%03d".formatted(i) + "x".repeat(longest - 4));
      keys.add(
          "c%03d".formatted(random.nextInt(1_000))
              + "y".repeat(random.nextBoolean() ? random.nextInt(longest - 4) : 0));
    }
    List<String> order = new ArrayList<>(keys);
    Collections.shuffle(order.subList(14, order.size()), random);
    for (String key : order) {
      store.create(key, key.length());
      IndexCheck.check(store);
    }
    keys.forEach(key -> assertThat(store.read(key).orElseThrow().value()).isEqualTo(key.length()));
    assertThat(store.keys().toList()).isEqualTo(List.copyOf(keys));
    Collections.shuffle(order, random);
    order.forEach(store::delete);
    assertThat(store.size()).isZero();
  }

  @Test
  void longKeysAreFoundInAStoredIndex() {
    Random random = new Random(11);
    TreeSet<String> keys = new TreeSet<>();
    for (int i = 0; i < 3_000; i++) {
      int length = i % 3 == 0 ? 3 : 1_500 + random.nextInt(i % 100 == 1 ? 14_000 : 3_000);
      keys.add("%04d".formatted(random.nextInt(10_000)) + "x".repeat(length));
    }
    List<String> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, random);
    try (Database files = Database.open(directory, LONG_KEYS.withDurability(Durability.NONE))) {
      Store<String, Integer> store = files.store("long", String.class, Integer.class);
      shuffled.forEach(key -> store.create(key, key.length()));
    }
    for (int reopened = 0; reopened < 3; reopened++) {
      try (Database files = Database.open(directory, LONG_KEYS.withDurability(Durability.NONE))) {
        Store<String, Integer> store = files.store("long", String.class, Integer.class);
        for (String key : shuffled) {
          assertThat(store.read(key).map(Entry::value)).hasValue(key.length());
        }
        IndexCheck.checkStored(store);
        assertThat(store.keys().toList()).isEqualTo(List.copyOf(keys));
        for (String key : List.copyOf(shuffled.subList(0, 700))) {
          store.delete(key);
          keys.remove(key);
          shuffled.removeFirst();
        }
        String more = "more" + reopened + "y".repeat(9_000);
        store.create(more, more.length());
        keys.add(more);
        shuffled.add(more);
        IndexCheck.checkStored(store);
      }
    }
  }

  @Test
  void compactionWithoutTheTypeLosesNothingOfAStoreWhoseKeysHaveAnOrderOfTheirOwn() {
    Random random = new Random(5);
    TreeSet<UUID> keys = new TreeSet<>();
    try (Database files = Database.open(directory)) {
      Store<UUID, Integer> store = files.store("ids", UUID.class, Integer.class);
      for (int i = 0; i < 3_000; i++) {
        UUID key = new UUID(random.nextLong(), random.nextLong());
        keys.add(key);
        var _ = store.async().put(key, i);
      }
      store.put(keys.first(), -1);
    }
    for (int round = 0; round < 2; round++) {
      try (Database files = Database.open(directory)) {
        assertThat(files.compactStore("ids")).isPositive();
      }
      try (Database files = Database.open(directory)) {
        Store<UUID, Integer> store = files.store("ids", UUID.class, Integer.class);
        assertThat(store.keys().toList()).isEqualTo(List.copyOf(keys));
        assertThat(keys).allMatch(key -> store.read(key).isPresent());
        store.put(keys.last(), round);
      }
    }
  }

  @Test
  void longKeysThatComeBetweenManyShortOnesFitIntoTheIndex() {
    Store<String, Integer> store = db.store("between", String.class, Integer.class);
    String tail = "x".repeat((16 << 10) - 6);
    for (int round = 0; round < 4; round++) {
      for (int i = 0; i < 15; i++) {
        store.create("%d%02d".formatted(round, i), i);
      }
      for (int i = 0; i < 8; i++) {
        store.create("%dz%d".formatted(round, 7 - i) + tail, i);
        IndexCheck.check(store);
      }
    }
    assertThat(store.keys()).hasSize(4 * 23).isSorted();
  }
}
