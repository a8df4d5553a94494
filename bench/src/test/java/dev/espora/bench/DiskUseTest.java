package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskUseTest {
  @TempDir private Path directory;

  @Test
  void preallocatedZerosAreNotUsed() throws IOException {
    byte[] content = new byte[3_000_000];
    content[0] = 1;
    content[2_000_000] = 1;
    content[2_999_999] = 1;
    Files.write(directory.resolve("log"), content);
    Files.createFile(directory.resolve("empty"));

    assertThat(DiskUse.usedBytes(directory)).isEqualTo(3 * 4096);
  }
}
