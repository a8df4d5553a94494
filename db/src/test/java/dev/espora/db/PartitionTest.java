package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PartitionTest {

  @Test
  void commandsOfOneThreadTakeEffectInTheirOrder() {
    try (Database db = Database.inMemory(Options.DEFAULTS)) {
      Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
      assertThat(counter.submit(5L).result()).isEqualTo(5);
      assertThat(counter.submit(-6L).result()).isEqualTo(-1);
      assertThat(counter.submit(-5L).result()).isEqualTo(0);
      assertThat(counter.state()).isEqualTo(new Counter.Total(0, 2));
    }
  }

  @Test
  void aCommandThatThrowsFailsAloneAndChangesNothing() {
    try (Database db = Database.inMemory(Options.DEFAULTS)) {
      Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
      assertThatThrownBy(() -> counter.submit(Long.MIN_VALUE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("refused");
      assertThat(counter.submit(1L).result()).isEqualTo(1);
    }
  }

  @Test
  void manyThreadsVirtualOrNotLoseNoCommand() throws Exception {
    try (Database db = Database.inMemory(Options.DEFAULTS);
        ExecutorService platform = Executors.newFixedThreadPool(16);
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
      List<Future<?>> tasks = new ArrayList<>();
      for (ExecutorService executor : List.of(platform, virtual)) {
        for (int thread = 0; thread < 16; thread++) {
          tasks.add(
              executor.submit(() -> {
                for (int i = 0; i < 1_000; i++) {
                  counter.submit(1L);
                }
              }));
        }
      }
      List<CompletableFuture<Receipt<Long>>> futures = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        futures.add(counter.submitAsync(1L));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
      CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
      assertThat(counter.state()).isEqualTo(new Counter.Total(33_000, 33_000));
    }
  }

  @Test
  void aClosedDatabaseRefusesCommandsAndReads() {
    Database db = Database.inMemory(Options.DEFAULTS);
    Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
    db.close();
    assertThatThrownBy(() -> counter.submit(1L)).isInstanceOf(DatabaseException.Closed.class);
    assertThat(counter.submitAsync(1L))
        .failsWithin(java.time.Duration.ofSeconds(5))
        .withThrowableThat()
        .withCauseInstanceOf(DatabaseException.Closed.class);
    assertThatThrownBy(counter::state).isInstanceOf(DatabaseException.Closed.class);
  }

  @Test
  void aNameBeyondTheRulesIsRefused() {
    try (Database db = Database.inMemory(Options.DEFAULTS)) {
      for (String name : List.of("", "A", "a/b", "..", "a".repeat(65), "ä")) {
        assertThatThrownBy(() -> db.partition(name, new Counter()))
            .isInstanceOf(DatabaseException.LimitExceeded.class)
            .hasMessageContaining("a-z");
      }
    }
  }
}
