package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FloorTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void callersShareSyncs(Callers callers) {
    try (FloorLog floor = new FloorLog(directory.resolve("floor"))) {
      AtomicLong appended = new AtomicLong();
      Load load = new Load(callers, 16);

      long syncs =
          floor.syncsDuring(() ->
              appended.set(load.run(Duration.ofMillis(100), _ -> floor.append()).operations()));

      assertThat(syncs).isBetween(1L, appended.get());
    }
  }
}
