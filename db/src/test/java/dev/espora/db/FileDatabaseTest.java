package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDatabaseTest {
  @TempDir Path temporary;

  @Test
  void whatWasAcknowledgedIsThereAfterReopening() {
    Path directory = temporary.resolve("data");
    for (int round = 1; round <= 3; round++) {
      try (Database db = Database.open(directory)) {
        Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
        assertThat(counter.state().events()).isEqualTo((round - 1) * 5_000L);
        for (int i = 0; i < 5_000; i++) {
          counter.submit(1L);
        }
        assertThat(counter.state().sum()).isEqualTo(round * 5_000L);
      }
    }
  }

  @Test
  void whatOneDatabaseAcknowledgedTheOtherReadsAtOnce() {
    Path directory = temporary.resolve("data");
    try (Database one = Database.open(directory);
        Database two = Database.open(directory)) {
      Partition<Counter.Total, Long, Long> here = one.partition("counter", new Counter());
      Partition<Counter.Total, Long, Long> there = two.partition("counter", new Counter());
      for (long i = 1; i <= 2_000; i++) {
        (i % 2 == 0 ? here : there).submit(1L);
        assertThat((i % 2 == 0 ? there : here).state().sum()).isEqualTo(i);
      }
    }
  }

  @Test
  void manyThreadsOfTwoDatabasesLoseNothing() throws Exception {
    Path directory = temporary.resolve("data");
    try (Database one = Database.open(directory);
        Database two = Database.open(directory);
        ExecutorService executor = Executors.newFixedThreadPool(32)) {
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        Partition<Counter.Total, Long, Long> counter =
            (i % 2 == 0 ? one : two).partition("counter", new Counter());
        tasks.add(
            executor.submit(() -> {
              for (int n = 0; n < 2_000; n++) {
                counter.submit(1L);
              }
            }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
      Counter.Total expected = new Counter.Total(64_000, 64_000);
      assertThat(one.partition("counter", new Counter()).state()).isEqualTo(expected);
    }
    try (Database again = Database.open(directory)) {
      assertThat(again.partition("counter", new Counter()).state().sum()).isEqualTo(64_000);
    }
  }

  @Test
  void aDirectoryOfAnotherProgramIsRefusedAndNotTouched() throws Exception {
    Path directory = Files.createDirectory(temporary.resolve("other"));
    Files.writeString(directory.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> Database.open(directory))
        .isInstanceOf(DatabaseException.NotADatabase.class)
        .hasMessageContaining("notes.txt");
    assertThat(directory.toFile().list()).containsExactly("notes.txt");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    Path directory = temporary.resolve("data");
    Database.open(directory).close();
    byte[] identity = Files.readAllBytes(directory.resolve("espora"));
    identity[7] = 9;
    Files.write(directory.resolve("espora"), identity);
    assertThatThrownBy(() -> Database.open(directory))
        .isInstanceOf(DatabaseException.FormatTooNew.class)
        .hasMessageContaining("format 9");
  }

  @Test
  void manyOpenersOfOneNewDirectoryAllSucceed() throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
      for (int round = 0; round < 10; round++) {
        Path directory = temporary.resolve("new-" + round);
        CyclicBarrier start = new CyclicBarrier(8);
        List<Future<Long>> openers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          openers.add(
              executor.submit(() -> {
                start.await();
                try (Database db = Database.open(directory)) {
                  return db.partition("counter", new Counter()).submit(1L).result();
                }
              }));
        }
        long largest = 0;
        for (Future<Long> opener : openers) {
          largest = Math.max(largest, opener.get());
        }
        assertThat(largest).isEqualTo(8);
      }
    }
  }
}
