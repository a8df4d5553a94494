package dev.espora.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.DatabaseException;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded, in memory and in a file. */
class RecorderTest {
  private static final Ask PUT = new Ask.Put("k", 1);

  @TempDir Path directory;

  private static void performAll(Recorder<Ask, Told> recorder) {
    assertThat(recorder.record("a", PUT, () -> Told.DONE)).isEqualTo(Told.DONE);
    assertThatThrownBy(() -> throwing(recorder, new DatabaseException.Busy("b")))
        .isInstanceOf(DatabaseException.Busy.class);
    assertThatThrownBy(
            () -> throwing(recorder, new DatabaseException.OutcomeUnknown("c", new Exception())))
        .isInstanceOf(DatabaseException.OutcomeUnknown.class);
    assertThatThrownBy(() -> throwing(recorder, new IllegalStateException()))
        .isInstanceOf(IllegalStateException.class);
    var _ = recorder.begin("e", new Ask.Read("k"));
  }

  private static void throwing(Recorder<Ask, Told> recorder, RuntimeException failure) {
    recorder.record(
        "b",
        PUT,
        () -> {
          throw failure;
        });
  }

  private static void assertAll(List<Operation<Ask, Told>> operations) {
    assertThat(operations)
        .extracting(Operation::outcome)
        .containsExactly(
            new Outcome.Returned<>(Told.DONE),
            new Outcome.Failed<>(),
            new Outcome.Unknown<>(),
            new Outcome.Unknown<>(),
            new Outcome.Unknown<>());
    assertThat(operations)
        .isSortedAccordingTo((a, b) -> Long.compare(a.invokedNanos(), b.invokedNanos()));
    assertThat(operations.getFirst().returnedNanos())
        .isBetween(operations.getFirst().invokedNanos(), operations.get(1).invokedNanos());
    assertThat(operations.getLast().input()).isEqualTo(new Ask.Read("k"));
  }

  @Test
  void exceptionsOfTheDatabaseSayWhetherThereWasAnEffect() {
    History<Ask, Told> history = new History<>();
    performAll(history);
    assertAll(history.operations());
  }

  @Test
  void aFileIsReadBackWhileItIsWritten() throws Exception {
    Path path = directory.resolve("history");
    try (HistoryFile<Ask, Told> file = new HistoryFile<>(path, Ask.class, Told.class)) {
      performAll(file);
      assertAll(HistoryFile.read(path, Ask.class, Told.class));
    }
  }

  @Test
  void halfARecordAtTheEndOfAFileWasNeverWritten() throws Exception {
    Path path = directory.resolve("history");
    try (HistoryFile<Ask, Told> file = new HistoryFile<>(path, Ask.class, Told.class)) {
      file.record("a", PUT, () -> Told.DONE);
      file.record("a", PUT, () -> Told.DONE);
    }
    byte[] all = Files.readAllBytes(path);
    int before = 0;
    for (int length = 0; length <= all.length; length++) {
      Files.write(path, Arrays.copyOf(all, length));
      int now = HistoryFile.read(path, Ask.class, Told.class).size();
      assertThat(now).isBetween(before, 2);
      before = now;
    }
    assertThat(before).isEqualTo(2);
  }
}
