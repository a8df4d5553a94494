package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a database is opened with, and what its partitions are opened as. */
class OptionsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"sync", "sync-each", "none", "interval:1ms", "interval:60000ms"})
  void aDurabilityIsReadAsItIsWritten(String text) {
    assertThat(Durability.parse(text).toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SYNC", "interval", "interval:ms", "interval:10", "interval:0ms"})
  void whatIsNoDurabilityIsRefused(String text) {
    assertThatThrownBy(() -> Durability.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPeriodBelongsToAnIntervalAlone() {
    assertThatThrownBy(() -> new Durability(Durability.Mode.SYNC, Duration.ofMillis(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("durability SYNC has no period");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sync", "sync-each", "none", "interval:1ms"})
  void whatIsClosedInOrderIsThereWhateverTheDurability(String text) {
    Options options = Options.DEFAULTS.withDurability(Durability.parse(text));
    try (Database db = Database.open(directory, options)) {
      Log<String> log = db.log("rows", String.class);
      for (int i = 0; i < 100; i++) {
        assertThat(log.append("x".repeat(1_000)).durability()).isEqualTo(options.durability());
      }
    }
    try (Database db = Database.open(directory)) {
      assertThat(db.log("rows", String.class).rows()).hasSize(100);
    }
  }

  @Test
  void aStoreIsCompactedWithoutItsTypes() {
    try (Database db = Database.open(directory)) {
      Store<String, String> store = db.store("things", String.class, String.class);
      for (int i = 0; i < 300; i++) {
        store.put("key" + i % 3, "x".repeat(1_000));
      }
      db.log("rows", String.class).append("row");
    }
    try (Database db = Database.open(directory)) {
      assertThat(db.compactStore("things")).isPositive();
      Store<String, String> store = db.store("things", String.class, String.class);
      assertThat(store.keys()).containsExactly("key0", "key1", "key2");
      assertThat(db.compactStore("things")).isNotNegative();
      for (String none : new String[] {"rows", "nothing"}) {
        assertThatThrownBy(() -> db.compactStore(none))
            .isInstanceOf(DatabaseException.Missing.class)
            .hasMessageContaining("no store named " + none);
      }
    }
  }

  @Test
  void aPartitionIsOneThingAtATime() {
    try (Database db = Database.open(directory)) {
      db.store("things", String.class, String.class).put("a", "b");
      assertThatThrownBy(() -> db.log("things", String.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessageContaining("already open here");
    }
    try (Database db = Database.open(directory)) {
      assertThatThrownBy(() -> db.log("things", String.class))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessage("partition things is a store, not a log");
      assertThat(db.store("things", String.class, String.class).size()).isEqualTo(1);
    }
  }
}
