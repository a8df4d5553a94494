package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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
  void whatIsClosedIsNotSyncedAnyMore() {
    Options options = Options.DEFAULTS.withDurability(Durability.interval(Duration.ofMinutes(1)));
    ScheduledThreadPoolExecutor background = new ScheduledThreadPoolExecutor(1);
    try (Medium.Journals journals =
        Medium.at("file", directory.toString()).open(options, background)) {
      int tasks = background.getQueue().size();
      Journal journal = journals.open("rows", PartitionKind.LOG, Codec.of(String.class));
      assertThat(background.getQueue()).hasSize(tasks + 1);
      journal.close();
      background.purge();
      assertThat(background.getQueue()).hasSize(tasks);
    } finally {
      background.shutdownNow();
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
