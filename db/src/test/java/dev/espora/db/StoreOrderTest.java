package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of a store as it shrinks, and where the application compares its keys in a new way. */
class StoreOrderTest {
  private static final int KEYS = 5_000;

  @TempDir Path directory;

  record Upwards(int number) implements Comparable<Upwards> {
    @Override
    public int compareTo(Upwards other) {
      return Integer.compare(number, other.number);
    }
  }

  record Downwards(int number) implements Comparable<Downwards> {
    @Override
    public int compareTo(Downwards other) {
      return Integer.compare(other.number, number);
    }
  }

  @Test
  void keysThatAreComparedInAnotherWayAreFoundAndInTheNewOrder() {
    try (Database db = Database.open(directory)) {
      Store<Upwards, String> store = db.store("numbers", Upwards.class, String.class);
      store.batch(all -> {
        for (int i = 0; i < 2_000; i++) {
          all.put(new Upwards(i), "x".repeat(50) + i);
        }
      });
      store.put(new Upwards(7), "seven", Ttl.ofSeconds(3_600));
    }
    Database.open(directory).close(); // whatever is in the log stays there
    for (int opening = 0; opening < 2; opening++) {
      try (Database db = Database.open(directory)) {
        Store<Downwards, String> store = db.store("numbers", Downwards.class, String.class);
        List<Integer> numbers = store.keys().map(Downwards::number).toList();
        assertThat(numbers).hasSize(2_000).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(store.read(new Downwards(7)).orElseThrow().value()).isEqualTo("seven");
        assertThat(store.read(new Downwards(1_999))).isPresent();
        IndexCheck.check(store);
      }
    }
  }

  @Test
  void anIndexShrinksAsItGrewWhateverTheOrderOfDeletion() {
    List<Integer> ascending = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      ascending.add(i);
    }
    List<Integer> shuffled = new ArrayList<>(ascending);
    long seed = System.nanoTime();
    Collections.shuffle(shuffled, new Random(seed));
    for (List<Integer> order : List.of(ascending, ascending.reversed(), shuffled)) {
      try (Database db = Database.inMemory(Options.DEFAULTS)) {
        Store<Integer, Integer> store = db.store("numbers", Integer.class, Integer.class);
        store.batch(all -> shuffled.forEach(key -> all.put(key, key)));
        for (int from = 0; from < KEYS; from += 500) {
          List<Integer> some = order.subList(from, from + 500);
          store.batch(all -> some.forEach(all::delete));
          IndexCheck.check(store);
          assertThat(store.size()).as("seed %s", seed).isEqualTo(KEYS - from - 500);
        }
        store.put(1, 1);
        assertThat(store.keys()).containsExactly(1);
      }
    }
  }
}
