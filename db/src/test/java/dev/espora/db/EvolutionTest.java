package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Formerly;
import dev.espora.db.codec.OrElse;
import dev.espora.db.codec.Removed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types that change between one opening of a store and the next. */
class EvolutionTest {
  private static final int COUNT = 150;

  @TempDir Path temporary;

  record First(String name, int age, String note) {}

  @Removed("note")
  record Second(
      @Formerly("name") String fullName,
      int age,
      @OrElse("unknown") String city,
      List<String> tags) {}

  record WithoutDefault(String name, int age, String note, int weight) {}

  record WithoutAge(String name, String note) {}

  record OtherType(String name, boolean age, String note) {}

  private Database open() {
    return Database.open(temporary.resolve("data"));
  }

  private static First first(int i) {
    return new First("name" + i, i, "x".repeat(1_000));
  }

  private static Second later(int i) {
    return new Second("name" + i, i, "unknown", List.of());
  }

  private static Second second(int i) {
    return new Second("second" + i, i, "Rome", List.of("a"));
  }

  @BeforeEach
  void writeTheFirst() {
    try (Database db = open()) {
      Store<Integer, First> store = db.store("people", Integer.class, First.class);
      for (int i = 0; i < COUNT; i++) {
        var _ = store.async().put(i, first(i));
      }
      store.put(0, first(0));
    }
  }

  private static Map<Integer, Second> all(Store<Integer, Second> store) {
    try (Stream<Map.Entry<Integer, Entry<Second>>> entries = store.entries()) {
      return entries.collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().value()));
    }
  }

  private static void check(Store<Integer, Second> store) {
    Map<Integer, Second> all = all(store);
    assertThat(all).hasSize(COUNT);
    all.forEach((key, value) -> {
      assertThat(value).isEqualTo(key % 10 == 3 ? second(key) : later(key));
      assertThat(store.read(key).map(Entry::value)).contains(value);
    });
    IndexCheck.check(store);
  }

  @Test
  void oldEntriesAreReadByTheNewTypeAlsoAfterTheyWereMovedAndFromASnapshot() {
    long sequence;
    try (Database db = open()) {
      Store<Integer, Second> store = db.store("people", Integer.class, Second.class);
      assertThat(all(store)).containsEntry(7, later(7));
      for (int i = 3; i < COUNT; i += 10) {
        store.update(i, second(i));
      }
      check(store);
      sequence = store.read(5).orElseThrow().sequence();
      assertThat(store.compact()).isPositive();
      check(store);
    }
    for (int round = 0; round < 3; round++) {
      try (Database db = open()) {
        Store<Integer, Second> store = db.store("people", Integer.class, Second.class);
        check(store);
        assertThat(store.read(5).orElseThrow().sequence()).isEqualTo(sequence);
        assertThat(store.compact()).isPositive();
        check(store);
        try (ChangeFeed<Integer, Second> feed = store.changes(store.sequence())) {
          assertThat(feed.poll(java.time.Duration.ZERO)).isEqualTo(Optional.empty());
        }
      }
    }
  }

  @Test
  void changesWrittenByTheOldTypeAreFollowedByTheNewOne() {
    try (Database db = open();
        ChangeFeed<Integer, Second> feed =
            db.store("people", Integer.class, Second.class).changes(0)) {
      for (int i = 0; i < COUNT; i++) {
        Change<Integer, Second> change = feed.poll(java.time.Duration.ZERO).orElseThrow();
        assertThat(change.entry().orElseThrow().value()).isEqualTo(later(change.key()));
      }
    }
  }

  private <K, V> void assertRefused(Class<K> keys, Class<V> values, String field) {
    try (Database db = open()) {
      assertThatThrownBy(() -> db.store("people", keys, values))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessageContaining("partition people")
          .hasMessageContaining(field)
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
  }

  @Test
  void aChangeThatCannotBeReadIsRefusedWithTheNameOfTheFieldAndChangesNothing() {
    assertRefused(Integer.class, WithoutDefault.class, "weight");
    assertRefused(Integer.class, WithoutAge.class, "age");
    assertRefused(Integer.class, OtherType.class, "age");
    assertRefused(Integer.class, String.class, "string");
    assertRefused(Long.class, First.class, "keys are int, not long");
    assertRefused(String.class, First.class, "keys are int, not string");
    try (Database db = open()) {
      Store<Integer, First> store = db.store("people", Integer.class, First.class);
      assertThat(store.read(9).orElseThrow().value()).isEqualTo(first(9));
      assertThat(store.size()).isEqualTo(COUNT);
    }
  }

  @Test
  void aStoreIsNoLogAndALogNoStoreAndNeitherIsAMachine() {
    try (Database db = open()) {
      db.log("rows", First.class).append(first(1));
      var _ = db.partition("sum", new Counter());
    }
    try (Database db = open()) {
      assertThatThrownBy(() -> db.log("people", First.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessage("partition people is a store, not a log");
      assertThatThrownBy(() -> db.store("rows", Integer.class, First.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessage("partition rows is a log, not a store");
      assertThatThrownBy(() -> db.store("sum", Integer.class, First.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessage("partition sum is a machine, not a store");
      assertThatThrownBy(() -> db.partition("people", new Counter()))
          .isInstanceOf(DatabaseException.SchemaMismatch.class);
      Store<Integer, First> store = db.store("people", Integer.class, First.class);
      assertThat(db.store("people", Integer.class, First.class)).isSameAs(store);
      assertThatThrownBy(() -> db.store("people", Integer.class, Second.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessageContaining("already open here");
    }
  }
}
