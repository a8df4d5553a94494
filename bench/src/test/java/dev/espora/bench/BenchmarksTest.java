package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.bench.PeersSettings.Measurement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every benchmark runs from start to end. How fast is not asserted. */
class BenchmarksTest {
  @TempDir private Path directory;
  private Settings settings = Settings.DEFAULTS;

  @BeforeEach
  void tiny() {
    settings =
        Settings.DEFAULTS
            .withDirectory(directory)
            .withThreads(List.of(1, 4))
            .withRounds(1)
            .withMeasured(Duration.ofMillis(50))
            .withWarmup(Duration.ZERO);
  }

  @Test
  void engineComparesEverySideAndLeavesNothingBehind() throws IOException {
    String printed = printed(EngineBench::run);

    assertThat(printed.lines().filter(line -> line.contains("espora"))).hasSize(4);
    assertThat(printed.lines().filter(line -> line.contains("lone thread"))).hasSize(1);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void engineAnswersProgramsInJson() {
    settings = settings.withOutput(Settings.Output.JSON).withThreads(List.of(1));

    assertThat(printed(EngineBench::run)).startsWith("{\"benchmark\": \"engine\"").endsWith("]}\n");
  }

  @Test
  void ledgerAcknowledgesWhatItBooksInOneProcessAndInTwo() {
    settings = settings.withCallers(List.of(Callers.PLATFORM));

    assertThat(printed(LedgerBench::run)).contains("espora 1 x 4", "espora 2 x 2", "flock 2 x 2");
  }

  @Test
  void reopeningFindsWhatWasAcknowledged() {
    assertThat(printed((chosen, out) -> ReopenBench.run(chosen, 2_000, out)))
        .contains("close", "kill", "cold", "warm");
  }

  @Test
  void syncsAreCountedOrSaidToBeUnchecked() {
    assertThat(printed(SyncCheck::run)).doesNotContain("MISSING");
  }

  @Test
  void peersAreMeasuredInEveryWay() {
    settings = settings.withThreads(List.of(4)).withCallers(List.of(Callers.PLATFORM));
    PeersSettings peers =
        new PeersSettings(
            List.of(Measurement.values()),
            List.of(Peer.FLOOR, Peer.ESPORA, Peer.MVSTORE),
            1_000,
            List.of(10, 1_000),
            Optional.empty());

    assertThat(printed((chosen, out) -> PeersBench.run(chosen, peers, out)))
        .contains("puts/s", "reads/s", "warm ms", "µs/put")
        .doesNotContain("absent", "MISSING");
  }

  @Test
  void searchFindsWhatLookingAtEverybodyFinds() throws IOException {
    SearchSettings search =
        new SearchSettings(
            2_000, "256m", Optional.of("jdbc:postgresql://127.0.0.1:1/"), Optional.empty());

    assertThat(printed((chosen, out) -> SearchBench.run(chosen, search, out)))
        .contains("1 to 50 people", "everybody", "nobody", "postgresql is absent")
        .contains("search", "heap MB");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void strategiesDoTheSameWorkAndOneThatIsNotThereIsAbsent() throws IOException {
    settings = settings.withThreads(List.of(4)).withCallers(List.of(Callers.PLATFORM));
    Path report = directory.resolve("report");
    StrategiesSettings strategies =
        new StrategiesSettings(
            Optional.of("jdbc:postgresql://127.0.0.1:1/?loginTimeout=1"),
            Optional.empty(),
            Optional.of(report),
            "espora bench strategies");

    assertThat(printed((chosen, out) -> StrategiesBench.run(chosen, strategies, out)))
        .contains("espora sync-each", "espora none", "page rewrite", "memory")
        .contains("lost", "power cut, simulated", "µs/operation", "postgresql is absent");
    assertThat(report.resolve("report.html")).isNotEmptyFile();
    assertThat(report.resolve("report.json")).isNotEmptyFile();
  }

  @Test
  void nodesAreMeasuredAndWhatIsNotOnTheClassPathIsAbsent() throws IOException {
    settings = settings.withThreads(List.of(4)).withCallers(List.of(Callers.VIRTUAL));
    NodesSettings nodes =
        new NodesSettings(List.of(NodesSettings.Measurement.values()), 300, Optional.empty());

    assertThat(printed((chosen, out) -> NodesBench.run(chosen, nodes, out)))
        .contains("file medium, one process, closed", "file medium, one process, killed")
        .contains("one node: absent, java.lang.IllegalArgumentException: no medium named ratis")
        .contains("transactions/s", "idle, MB", "Skipped: it needs the packaged program");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  private String printed(BiConsumer<Settings, PrintStream> benchmark) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    benchmark.accept(settings, new PrintStream(bytes, true, UTF_8));
    return bytes.toString(UTF_8);
  }
}
