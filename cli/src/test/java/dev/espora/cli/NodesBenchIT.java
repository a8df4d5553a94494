package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code espora bench nodes} from outside: with the jars of the program its nodes start. {@code
 * -Despora.bench=all} runs all of it, since that takes more than a minute.
 */
class NodesBenchIT {
  private static final String[] SIDES = {"file medium, one process", "one node", "three nodes"};

  @TempDir Path directory;

  @Test
  @EnabledIfSystemProperty(named = "espora.bench", matches = "all")
  void nodesKeepWhatIsBookedWithinTheirProcesses() throws Exception {
    Espora.Outcome outcome = bench("--measure", "commands", "--json");

    assertThat(outcome.out())
        .startsWith("{\"benchmark\": \"nodes\"")
        .contains(SIDES)
        .contains("transactions/s", "idle, MB")
        .doesNotContain("absent");
    assertThat(outcome.status()).as(outcome.err()).isZero();
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "espora.bench", matches = "all")
  void nodesAreLoadedThroughHttp() throws Exception {
    Espora.Outcome outcome = bench("--measure", "http");

    assertThat(outcome.out()).contains(SIDES).contains("connections").doesNotContain("Skipped");
    assertThat(outcome.status()).as(outcome.err()).isZero();
  }

  @Test
  void aNodeIsTimedUntilItIsThereAgain() throws Exception {
    Espora.Outcome outcome = bench("--measure", "restart", "--entries", "200");

    assertThat(outcome.out())
        .contains("one node, closed", "one node, killed while writing")
        .doesNotContain("absent");
    assertThat(outcome.status()).as(outcome.err()).isZero();
  }

  private Espora.Outcome bench(String... arguments) throws Exception {
    String[] little = {
      "bench", "nodes", "--rounds", "1", "--measured", "100ms", "--warmup", "0ms", "--threads", "4"
    };
    String[] all =
        Stream.of(little, arguments, new String[] {"--directory", directory.toString()})
            .flatMap(Stream::of)
            .toArray(String[]::new);
    return Espora.run(directory, all);
  }
}
