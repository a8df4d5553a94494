package dev.espora.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Batch;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Medium;
import dev.espora.testkit.MediumContract;
import dev.espora.testkit.PersistenceContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingleFileMediumTest implements MediumContract, PersistenceContract {
  @TempDir Path directory;

  @Override
  public Medium medium() {
    return new SingleFileMedium(directory);
  }

  private byte[] twoRows() throws IOException {
    try (Database db = Database.open(medium(), options())) {
      db.log("log", String.class).append("first");
      db.log("log", String.class).append("second");
    }
    return Files.readAllBytes(directory.resolve("log"));
  }

  @Test
  void whatWasCutShortIsCutOff() throws IOException {
    byte[] whole = twoRows();
    for (int missing = 1; missing < 50; missing++) {
      Files.write(directory.resolve("log"), Arrays.copyOf(whole, whole.length - missing));
      try (Database db = Database.open(medium(), options());
          var rows = db.log("log", String.class).rows()) {
        assertThat(rows).containsExactly("first");
      }
    }
  }

  @Test
  void damageInTheMiddleIsReported() throws IOException {
    byte[] bytes = twoRows();
    bytes[bytes.length / 2] ^= 1;
    Files.write(directory.resolve("log"), bytes);
    try (Database db = Database.open(medium(), options())) {
      assertThatExceptionOfType(DatabaseException.Corrupt.class)
          .isThrownBy(() -> db.log("log", String.class))
          .withMessageContaining("log is corrupt at byte");
    }
  }

  @Test
  void damageToAnyByteBeforeTheLastFrameIsReported() throws IOException {
    byte[] whole = twoRows();
    int last = 12 + Batch.HEADER_BYTES + Batch.RECORD_OVERHEAD + "second".length() + 2;
    for (int at = 0; at < whole.length - last; at++) {
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x40;
      Files.write(directory.resolve("log"), bytes);
      try (Database db = Database.open(medium(), options())) {
        assertThatExceptionOfType(DatabaseException.Corrupt.class)
            .as("damage at %s", at)
            .isThrownBy(() -> db.log("log", String.class));
      }
    }
  }
}
