package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code espora bench rinha} from outside, with little load: what it finds, and what it leaves. */
class RinhaIT {
  @TempDir Path directory;

  @Test
  void theBankPassesAndAReportIsKept() throws Exception {
    Path report = directory.resolve("report");

    Espora.Outcome outcome =
        bench("bank", "--directory", directory.toString(), "--report", report.toString());

    assertPassed(outcome, "debits", "credits", "statements", "validations");
    try (Stream<Path> found = Files.walk(report)) {
      assertThat(found.map(each -> report.relativize(each).toString()))
          .anyMatch(path -> path.matches("banksimulation-[0-9]+/index.html"));
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(report);
    }
  }

  @Test
  void thePeoplePassAndProgramsGetJson() throws Exception {
    Espora.Outcome outcome = bench("people", "--limits", "none", "--json");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .startsWith("{\"benchmark\": \"rinha people\"")
        .contains("\"failed\": 0", "\"inconsistent\": 0", "none, as asked", "\"creations\"");
  }

  @Test
  void aBankThatGoesBelowItsLimitsIsFound() throws Exception {
    try (LyingBank bank = new LyingBank()) {
      Espora.Outcome outcome = bench("bank", "--target", bank.url());

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.out()).contains("inconsistent: 200").doesNotContain(" 0 inconsistent");
      assertThat(outcome.err()).contains("requests failed").hasLineCount(1);
    }
  }

  private Espora.Outcome bench(String... arguments) throws IOException, InterruptedException {
    String[] load = {"bench", "rinha", "--seconds", "4", "--scale", "0.2"};
    return Espora.run(
        directory, Stream.of(load, arguments).flatMap(Stream::of).toArray(String[]::new));
  }

  private static void assertPassed(Espora.Outcome outcome, String... kinds) {
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).contains(kinds).contains(" 0 failed", " 0 inconsistent");
    assertThat(outcome.status()).isZero();
  }
}
