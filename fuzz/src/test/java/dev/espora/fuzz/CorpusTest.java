package dev.espora.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kept input holds every promise. The inputs were found by fuzzing, which goes on with
 *
 * <pre>
 * mvn -Pfuzz -pl fuzz -am test -Dtest=CorpusTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dfuzz.target=Log -Dfuzz.seconds=300
 * </pre>
 *
 * for each target of {@link #targets}; what it finds is written to {@code fuzz/target}.
 */
class CorpusTest {
  private static final Path CORPUS = Path.of("src/test/resources/corpus");

  private static final Map<String, Consumer<byte[]>> TARGETS =
      new TreeMap<>(
          Map.of(
              "Codec", CodecTarget::fuzzerTestOneInput,
              "Log", LogTarget::fuzzerTestOneInput,
              "Snapshot", SnapshotTarget::fuzzerTestOneInput,
              "Control", ControlTarget::fuzzerTestOneInput,
              "Request", RequestTarget::fuzzerTestOneInput,
              "Json", JsonTarget::fuzzerTestOneInput,
              "Bank", BankTarget::fuzzerTestOneInput,
              "People", PeopleTarget::fuzzerTestOneInput));

  static List<String> targets() {
    return List.copyOf(TARGETS.keySet());
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(120)
  void whatWasFoundOnceHoldsEveryPromise(String target) throws IOException {
    Consumer<byte[]> check = TARGETS.getOrDefault(target, _ -> {});
    List<Path> inputs;
    try (Stream<Path> files = Files.list(CORPUS.resolve(target))) {
      inputs = files.sorted().toList();
    }
    assertThat(inputs).isNotEmpty();
    for (Path input : inputs) {
      byte[] bytes = Files.readAllBytes(input);
      assertThatCode(() -> check.accept(bytes))
          .as("%s %s", input, HexFormat.of().formatHex(bytes))
          .doesNotThrowAnyException();
    }
  }
}
