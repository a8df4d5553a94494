package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.espora.bench.PeerWork.Task;
import dev.espora.bench.peers.Entries;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerJvmTest {

  /** Hangs, and so does what it started; it ignores what follows. */
  private static final List<String> HANGING = List.of("sh", "-c", "sleep 600 & sleep 601; true");

  @TempDir private Path directory;

  @Test
  void anEngineThatHangsIsEndedWithAllThatItStarted() {
    PeerJvm jvm = new PeerJvm(Optional.empty(), new Workplace(directory));

    assertThatIllegalStateException()
        .isThrownBy(() -> jvm.runUnder(HANGING, work(), Duration.ofSeconds(1)))
        .withMessage("no answer within 1 s, so it was ended");

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .noneMatch(PeerJvmTest::sleeps));
  }

  private static boolean sleeps(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("sleep");
  }

  @Test
  void fillingManyEntriesMayTakeLonger() {
    assertThat(work().limit()).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(100));
    assertThat(work(Task.LOAD, 1_000_000).limit()).isGreaterThan(Duration.ofMinutes(5));
  }

  private PeerWork work() {
    return work(Task.PUT, 10);
  }

  private PeerWork work(Task task, int entries) {
    return new PeerWork(
        task,
        Peer.ESPORA,
        directory,
        new Entries(entries),
        new Load(Callers.PLATFORM, 1),
        Duration.ZERO,
        Duration.ofSeconds(1));
  }
}
