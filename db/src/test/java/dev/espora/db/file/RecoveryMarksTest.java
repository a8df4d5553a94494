package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Log;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tells rot from a torn tail after a crash: the control block's witness, and where its copy on
 * disk is old, what the marks of later batches say.
 */
class RecoveryMarksTest {
  private static final int ROW = 300;

  @TempDir Path temporary;

  private Path crashed = Path.of("");

  /** Files as they are while three rows are there and nobody has left in order. */
  @BeforeEach
  void crash() throws IOException {
    Path directory = temporary.resolve("data");
    crashed = temporary.resolve("crashed");
    try (Database db = Database.open(directory)) {
      Log<String> log = db.log("rows", String.class);
      for (String row : List.of("a", "b", "c")) {
        log.append(row.repeat(ROW));
      }
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.toList()) {
          Files.copy(path, crashed.resolve(directory.relativize(path)));
        }
      }
    }
  }

  private Path partition() {
    return crashed.resolve("partitions/rows");
  }

  /** Damages the row of this letter. */
  private void rot(char letter) throws IOException {
    Path segment = partition().resolve(Segments.name(0));
    byte[] bytes = Files.readAllBytes(segment);
    int at = 0;
    while (bytes[at] != letter || bytes[at + ROW / 2] != letter) {
      at++;
    }
    try (DiskFile file = Disk.local().open(segment)) {
      file.write(new byte[] {'x'}, 0, 1, at + ROW / 4);
    }
  }

  /** As a power cut may leave the control block, which is never synced on the way. */
  private void forgetWitness() throws IOException {
    Path meta = partition().resolve(PartitionMeta.FILE);
    long id = PartitionMeta.decode(Files.readAllBytes(meta), meta).log();
    try (Control control =
        Control.open(Disk.local(), partition().resolve(FileJournals.CONTROL), id)) {
      control.setDurable(0);
      control.setEnd(0);
    }
  }

  private List<String> read() {
    try (Database db = Database.open(crashed);
        Stream<String> rows = db.log("rows", String.class).rows()) {
      return rows.map(row -> row.substring(0, 1)).toList();
    }
  }

  @Test
  void allIsThereWhateverTheControlBlockKnows() throws Exception {
    forgetWitness();
    assertThat(read()).containsExactly("a", "b", "c");
  }

  @Test
  void rotBelowTheWitnessIsRefused() throws Exception {
    rot('c');
    assertThatThrownBy(this::read)
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("durable up to");
  }

  @Test
  void rotBelowAPlaceThatALaterBatchKnewToBeDurableIsRefused() throws Exception {
    rot('b');
    forgetWitness();
    assertThatThrownBy(this::read)
        .isInstanceOf(DatabaseException.Corrupt.class)
        .hasMessageContaining("a later batch says");
  }

  @Test
  void theLastBatchIsCutOffWhereNobodyKnowsThatItWasDurable() throws Exception {
    rot('c');
    forgetWitness();
    assertThat(read()).containsExactly("a", "b");
    assertThat(read()).containsExactly("a", "b");
  }
}
