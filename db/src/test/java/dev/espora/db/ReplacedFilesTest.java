package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody copies, deletes or replaces files under a database that is open. */
class ReplacedFilesTest {
  @TempDir Path temporary;

  @Test
  void whoLosesTheLockThatTellsItIsAliveRefusesEverything() throws Exception {
    Path directory = temporary.resolve("data");
    try (Database database = Database.open(directory)) {
      Log<Long> log = database.log("rows", Long.class);
      log.append(1L);
      Files.delete(directory.resolve("alive.lock"));
      await().until(database::isPoisoned);
      assertThatThrownBy(() -> log.append(2L))
          .isInstanceOf(DatabaseException.Poisoned.class)
          .hasMessageContaining("alive.lock");
      assertThatThrownBy(log::size).isInstanceOf(DatabaseException.Poisoned.class);
    }
  }

  @Test
  void whoIsTakenForDeadRefusesEverythingAtOnce() throws Exception {
    Path directory = temporary.resolve("data");
    Database forgotten = Database.open(directory);
    Log<Long> log = forgotten.log("rows", Long.class);
    log.append(1L);
    replace(directory.resolve("alive.lock"));
    try (Database database = Database.open(directory)) {
      assertThatThrownBy(() -> log.append(2L)).isInstanceOf(DatabaseException.Poisoned.class);
      Log<Long> again = database.log("rows", Long.class);
      again.append(3L);
      assertThatThrownBy(log::size).isInstanceOf(DatabaseException.Poisoned.class);
      try (Stream<Long> rows = again.rows()) {
        assertThat(rows).containsExactly(1L, 3L);
      }
      forgotten.close();
    }
  }

  @Test
  void aReplacedLockOfAPartitionIsRefused() throws Exception {
    Path directory = temporary.resolve("data");
    try (Database one = Database.open(directory);
        Database two = Database.open(directory)) {
      Log<Long> log = one.log("rows", Long.class);
      log.append(1L);
      Path lock = lockOf(directory.resolve("partitions").resolve("rows"));
      replace(lock);
      assertThatThrownBy(() -> two.log("rows", Long.class))
          .isInstanceOf(DatabaseException.Corrupt.class)
          .hasMessageContaining(lock.getFileName().toString());
    }
  }

  @Test
  void aDeletedLockOfAPartitionIsNotMadeAnew() throws Exception {
    Path directory = temporary.resolve("data");
    try (Database one = Database.open(directory);
        Database two = Database.open(directory)) {
      one.log("rows", Long.class).append(1L);
      Path lock = lockOf(directory.resolve("partitions").resolve("rows"));
      Files.delete(lock);
      assertThatThrownBy(() -> two.log("rows", Long.class))
          .isInstanceOf(DatabaseException.class)
          .hasMessageContaining(lock.getFileName().toString());
      assertThat(lock).doesNotExist();
    }
  }

  @Test
  void aCopyThatIsTakenBetweenTwoWritesHasAllThatWasAcknowledgedAndGoesItsOwnWay()
      throws Exception {
    Path directory = temporary.resolve("data");
    Path copy = temporary.resolve("copy");
    try (Database database = Database.open(directory)) {
      Log<Long> log = database.log("rows", Long.class);
      log.append(1L);
      copy(directory, copy);
      log.append(2L);
      try (Database other = Database.open(copy)) {
        Log<Long> copied = other.log("rows", Long.class);
        copied.append(3L);
        log.append(4L);
        assertThat(rows(copied)).containsExactly(1L, 3L);
        assertThat(rows(log)).containsExactly(1L, 2L, 4L);
      }
    }
  }

  private static List<Long> rows(Log<Long> log) {
    try (Stream<Long> rows = log.rows()) {
      return rows.toList();
    }
  }

  private static Path lockOf(Path partition) throws IOException {
    try (Stream<Path> files = Files.list(partition)) {
      return files.filter(file -> file.toString().endsWith("lock")).findAny().orElseThrow();
    }
  }

  private static void replace(Path file) throws IOException {
    Path kept = file.resolveSibling("kept"); // or its number could be given to the new file
    Files.move(file, kept);
    Files.copy(kept, file);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
