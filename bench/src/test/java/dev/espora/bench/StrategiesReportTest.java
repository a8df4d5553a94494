package dev.espora.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.espora.bench.StrategyWork.Round;
import dev.espora.bench.strategies.Strategy;
import dev.espora.bench.strategies.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrategiesReportTest {
  private static final List<Integer> SIZES = List.of(0, 1_000);
  private static final long PATIENCE_SECONDS = 60;

  /** Says for each drawing how many of its marks have an extent where it is shown. */
  private static final String MEASURE =
      """
      <script>
      const drawn = [...document.querySelectorAll('svg.plot')].map(svg =>
        [...svg.querySelectorAll('.point, .line')].filter(mark => {
          const mark_ = mark.getBoundingClientRect(), all = svg.getBoundingClientRect();
          return mark_.width > 1 && mark_.left >= all.left && mark_.right <= all.right
            && mark_.top >= all.top && mark_.bottom <= all.bottom;
        }).length);
      document.body.setAttribute('data-drawn', drawn.join(' '));
      </script>
      </body>\
      """;

  @TempDir private Path directory;

  @BeforeEach
  void write() {
    StrategiesReport.write(
        directory,
        StrategiesBench.DEFAULTS.withDirectory(directory),
        "espora bench strategies --postgres <url>",
        results(),
        List.of("postgresql is absent: it is not there"));
  }

  @Test
  void thePageHasTablesPlotsAndFactsAndNeedsNoOtherFile() throws IOException {
    String page = Files.readString(directory.resolve("report.html"), UTF_8);

    assertThat(page)
        .contains("espora bench strategies --postgres &lt;url&gt;", "postgresql is absent")
        .contains(Runtime.version().toString(), System.getProperty("os.version"))
        .contains("<th>strategy</th>", "<td>page rewrite</td>")
        .doesNotContain("<script", "src=", "http");
    assertThat(page.split("<svg class=\"plot\"", -1)).hasSize(1 + 5);
  }

  @Test
  void theDataBehindItHasEveryRound() throws IOException {
    assertThat(Files.readString(directory.resolve("report.json"), UTF_8))
        .startsWith("{\"benchmark\": \"strategies\"")
        .contains(
            "\"workload\": \"ledger\", \"strategy\": \"memory\", \"operations/s\": [10.0, 20.0]")
        .contains("\"lost\": 7.0", "\"people\": 1000");
  }

  /** Skipped where there is no Chromium. */
  @Test
  void aBrowserDrawsEveryPlotAndComplainsAboutNothing() throws Exception {
    Optional<Path> browser =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(name -> SyncCheck.installed(name).stream())
            .findFirst();
    assumeTrue(browser.isPresent(), "no Chromium is installed");
    String page = Files.readString(directory.resolve("report.html"), UTF_8);
    Path measured = directory.resolve("measured.html");
    Files.writeString(measured, page.replace("</body>", MEASURE), UTF_8);

    Path dom = directory.resolve("dom");
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(
                browser.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + directory.resolve("profile"),
                "--enable-logging=stderr",
                "--dump-dom",
                measured.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    // Lost records, two workloads; latencies, two workloads; growth: a line and two points each.
    assertThat(Files.readString(dom, UTF_8)).contains("data-drawn=\"3 3 3 3 6\"");
    assertThat(Files.readString(log, UTF_8)).doesNotContain("CONSOLE");
  }

  private static StrategiesResults results() {
    List<Strategy> present = List.of(Strategy.ESPORA_SYNC, Strategy.PAGES, Strategy.MEMORY);
    List<Strategy> growing = List.of(Strategy.ESPORA_SYNC, Strategy.PAGES);
    Map<Workload.Kind, Comparison<Optional<Round>>> rounds = new EnumMap<>(Workload.Kind.class);
    Map<Workload.Kind, Map<Strategy, StrategyCrash.Loss>> losses =
        new EnumMap<>(Workload.Kind.class);
    for (Workload.Kind kind : Workload.Kind.values()) {
      Map<String, List<Optional<Round>>> measured = new LinkedHashMap<>();
      Map<Strategy, StrategyCrash.Loss> lost = new EnumMap<>(Strategy.class);
      for (Strategy strategy : present) {
        measured.put(strategy.toString(), List.of(Optional.of(round(10)), Optional.of(round(20))));
        lost.put(strategy, new StrategyCrash.Loss(30, 7, "power cut"));
      }
      rounds.put(kind, new Comparison<>(measured));
      losses.put(kind, lost);
    }
    Map<String, List<Optional<Sample>>> registrations = new LinkedHashMap<>();
    for (Strategy strategy : growing) {
      for (int size : SIZES) {
        registrations.put(
            StrategiesResults.sized(strategy, size),
            List.of(Optional.of(round(10 + size).sample())));
      }
    }
    return new StrategiesResults(
        present, rounds, losses, growing, SIZES, new Comparison<>(registrations));
  }

  /** So many operations in a second. */
  private static Round round(int operations) {
    Histogram latencies = new Histogram(1_000, 1_000_000_000, 2);
    for (int i = 1; i <= operations; i++) {
      latencies.recordValue(1_000L * i * i);
    }
    return new Round(new Sample(1_000_000_000, latencies), operations, operations / 2.0);
  }
}
