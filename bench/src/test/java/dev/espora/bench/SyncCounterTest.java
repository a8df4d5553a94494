package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.bench.PeerWork.Writes;
import dev.espora.bench.SyncCounter.Counted;
import dev.espora.bench.SyncCounter.Unchecked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncCounterTest {
  private static final Load EIGHT = new Load(Callers.PLATFORM, 8);

  @TempDir private Path directory;

  @Test
  void aSyncCoversOneOperationOfEachCallerAtMost() {
    assertThat(new Counted(80, 10).missing(EIGHT)).isFalse();
    assertThat(new Counted(81, 10).missing(EIGHT)).isTrue();
    assertThat(new Counted(80, 10).each()).isEqualTo(0.125);
  }

  @Test
  void whatTheTracerWroteIsSetAgainstWhatWasAcknowledged() {
    SyncCounter counter = counter(Optional.of(Path.of("strace")));

    assertThat(counter.count(tracer -> traced(tracer, 4))).isEqualTo(new Counted(4, 2));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void whereThereIsNoTracerOrItIsNotAllowedNothingIsClaimed() {
    assertThat(counter(Optional.empty()).count(tracer -> traced(tracer, 4)))
        .isEqualTo(new Unchecked("strace is not installed"));
    assertThat(
            counter(Optional.of(Path.of("strace")))
                .count(_ -> {
                  throw new IllegalStateException("ptrace is not permitted");
                }))
        .isEqualTo(new Unchecked("ptrace is not permitted"));
  }

  private SyncCounter counter(Optional<Path> strace) {
    return new SyncCounter(strace, directory.resolve("trace"));
  }

  private static Writes traced(List<String> tracer, long acknowledged) {
    try {
      Files.writeString(
          Path.of(tracer.getLast()),
          """
          7 openat(AT_FDCWD, "/x/measured-begin", O_WRONLY) = 9
          7 fdatasync(5) = 0
          8 fdatasync(5) = 0
          7 openat(AT_FDCWD, "/x/measured-end", O_WRONLY) = 9
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Writes(new Sample(1, new Histogram(2)), acknowledged, 0);
  }
}
