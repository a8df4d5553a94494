package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloorTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void callersShareSyncs(Callers callers) {
    try (FloorLog floor = new FloorLog(directory.resolve("floor"))) {
      Sample sample = new Load(callers, 16).run(Duration.ofMillis(100), caller -> floor.append());

      assertThat(sample.operations()).isGreaterThanOrEqualTo(16);
      assertThat(floor.syncs()).isBetween(1L, sample.operations());
    }
  }
}
