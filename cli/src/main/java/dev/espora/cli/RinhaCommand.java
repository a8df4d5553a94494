package dev.espora.cli;

import dev.espora.bench.Contest;
import dev.espora.bench.RinhaBench;
import dev.espora.bench.RinhaSettings;
import dev.espora.bench.RinhaSettings.Limits;
import dev.espora.bench.RinhaSettings.Program;
import dev.espora.bench.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espora bench rinha}: a contest's load against a whole implementation. */
@Command(
    name = "rinha",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Runs a contest's load, made by Gatling, against 'espora up' on fresh data, inside of the"
          + " contest's limits: 1.5 CPU, 550 MB (bank) or 3 GB (people).",
      "Checks every answer. Exit code 0 only if no request failed and nothing was inconsistent."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora bench rinha bank",
      "  espora bench rinha people --scale 2 --report /tmp/report",
      "  espora bench rinha bank --seconds 20 --limits none",
      "  espora bench rinha bank --target http://127.0.0.1:9999"
    })
final class RinhaCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "CONTEST", description = "bank or people")
  private Contest contest = Contest.BANK;

  @Option(
      names = "--scale",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_BENCH_SCALE:-1}",
      description = "Times the contest's rates. Env: ESPORA_BENCH_SCALE. Default: 1")
  private double scale;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_BENCH_SECONDS:-" + Option.NULL_VALUE + "}",
      description =
          "Length of the load, at least 4, for a quick look: its phases keep their proportions."
              + " Env: ESPORA_BENCH_SECONDS. Default: the contest's, 240 (bank) or 205 (people)")
  private @Nullable Integer seconds;

  @Option(
      names = "--limits",
      paramLabel = "LIMITS",
      defaultValue = "${env:ESPORA_BENCH_LIMITS:-contest}",
      description =
          "contest: by control groups, which needs root; where they are not permitted the load runs"
              + " without and says so. none: without. Env: ESPORA_BENCH_LIMITS. Default: contest")
  private Limits limits = Limits.CONTEST;

  @Option(
      names = "--target",
      paramLabel = "URL",
      defaultValue = "${env:ESPORA_BENCH_TARGET:-" + Option.NULL_VALUE + "}",
      description =
          "Another implementation, which runs already, on fresh data; nothing is started then, and"
              + " nothing limited. Env: ESPORA_BENCH_TARGET. Default: Espora's own")
  private @Nullable String target;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_BENCH_DIRECTORY:-" + Option.NULL_VALUE + "}",
      description =
          "Where data is kept, in a folder that is removed again. Env: ESPORA_BENCH_DIRECTORY."
              + " Default: the temporary folder")
  private @Nullable Path directory;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_BENCH_REPORT:-" + Option.NULL_VALUE + "}",
      description =
          "Keeps Gatling's HTML report there, in a folder of its own. Env: ESPORA_BENCH_REPORT."
              + " Default: none is made")
  private @Nullable Path report;

  @Option(
      names = "--json",
      defaultValue = "${env:ESPORA_BENCH_JSON:-false}",
      fallbackValue = "true",
      description = "Print one JSON object. Env: ESPORA_BENCH_JSON. Default: false")
  private boolean json;

  @Override
  public Integer call() {
    RinhaSettings settings = settings();
    try {
      RinhaBench.run(settings, System.out);
    } catch (IllegalStateException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  private RinhaSettings settings() {
    try {
      return new RinhaSettings(
          contest,
          scale,
          seconds == null ? contest.length() : Duration.ofSeconds(seconds),
          limits,
          Optional.ofNullable(target),
          directory == null ? Settings.DEFAULTS.directory() : directory,
          Optional.ofNullable(report),
          json ? Settings.Output.JSON : Settings.Output.TABLE,
          program());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private static Program program() {
    JavaProgram program = JavaProgram.current();
    if (program.home() == null) {
      throw new CommandFailed("this benchmark needs the packaged program; run ./espora");
    }
    return new Program(
        program.command(JavaProgram.Role.FRONT, List.of()),
        UpCommand.ENVIRONMENT_OF_BENCHMARKS,
        program.home().resolve("lib").resolve("load"),
        program.home().resolve("bin").resolve("limit"));
  }
}
