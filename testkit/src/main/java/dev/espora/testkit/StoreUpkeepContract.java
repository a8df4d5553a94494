package dev.espora.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.ChangeFeed;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How a {@link Store} is compacted on a medium, whether the medium gives storage back or not:
 * nobody sees anything of it but followers of changes, who are told.
 */
public interface StoreUpkeepContract extends MediumUnderTest {

  /** A value long enough for some of them to fill a segment. */
  private static String value(int key, int version) {
    return key + "/" + version + "x".repeat(2000);
  }

  private static void fill(Store<Integer, String> store, int version) {
    for (int from = 0; from < 500; from += 50) {
      int first = from;
      store.batch(batch ->
          IntStream.range(first, first + 50).forEach(key -> batch.put(key, value(key, version))));
    }
  }

  private static void check(Store<Integer, String> store, int version) {
    for (int key = 0; key < 500; key++) {
      assertThat(store.read(key).orElseThrow().value()).isEqualTo(value(key, version));
    }
  }

  @Test
  default void compactionKeepsEveryEntry() {
    try (Database db = Database.open(medium(), options().withCachedValues(0))) {
      Store<Integer, String> store = db.store("store", Integer.class, String.class);
      for (int version = 0; version < 4; version++) {
        fill(store, version);
        long sequence = store.read(7).orElseThrow().sequence();
        assertThat(compact(store)).isNotNegative();
        check(store, version);
        assertThat(store.read(7).orElseThrow().sequence()).isEqualTo(sequence);
        assertThat(store.size()).isEqualTo(500);
      }
    }
  }

  @Test
  default void whoReadsEntriesMeanwhileSeesThemAsTheyWere() {
    try (Database db = Database.open(medium(), options().withCachedValues(0))) {
      Store<Integer, String> store = db.store("store", Integer.class, String.class);
      fill(store, 1);
      try (var entries = store.entries()) {
        fill(store, 2);
        compact(store);
        fill(store, 3);
        compact(store);
        List<String> seen = new ArrayList<>();
        entries.forEach(each -> seen.add(each.getValue().value()));
        assertThat(seen).isEqualTo(IntStream.range(0, 500).mapToObj(key -> value(key, 1)).toList());
      }
      check(store, 3);
    }
  }

  @Test
  default void changesAreFollowedCompletelyOrNotAtAll() {
    try (Database db = Database.open(medium(), options())) {
      Store<Integer, String> store = db.store("store", Integer.class, String.class);
      store.put(0, value(0, 0));
      try (ChangeFeed<Integer, String> feed = store.changes(0)) {
        assertThat(feed.poll(Duration.ofSeconds(5))).isPresent();
        fill(store, 1);
        fill(store, 2);
        compact(store);
        fill(store, 3);
        assertThat(followed(feed)).isIn(1500L, -1L);
      }
      try (ChangeFeed<Integer, String> feed = store.changes(store.sequence())) {
        store.put(7, value(7, 4));
        assertThat(followed(feed)).isEqualTo(1);
      }
    }
  }

  /** How many changes there were, or -1 if some were compacted away. */
  private static long followed(ChangeFeed<Integer, String> feed) {
    try {
      long count = 0;
      while (feed.poll(Duration.ZERO).isPresent()) {
        count++;
      }
      return count;
    } catch (DatabaseException.Missing e) {
      return -1;
    }
  }

  @Test
  default void whoComesTooLateForChangesIsToldOrGetsThemAll() {
    try (Database db = Database.open(medium(), options())) {
      Store<Integer, String> store = db.store("store", Integer.class, String.class);
      fill(store, 1);
      fill(store, 2);
      compact(store);
      assertThat(followed(store)).isIn(1000L, -1L);
    }
  }

  private static long followed(Store<Integer, String> store) {
    try (ChangeFeed<Integer, String> feed = store.changes(0)) {
      return followed(feed);
    } catch (DatabaseException.Missing e) {
      assertThat(e).hasMessageContaining("compacted");
      return -1;
    }
  }

  /** Compacts, as soon as what goes on in the background is done. */
  private static long compact(Store<Integer, String> store) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      try {
        return store.compact();
      } catch (DatabaseException.Busy e) {
        assertThat(System.nanoTime()).as(e.getMessage()).isLessThan(deadline);
        Thread.onSpinWait();
      }
    }
  }
}
