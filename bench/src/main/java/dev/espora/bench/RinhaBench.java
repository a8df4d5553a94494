package dev.espora.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A contest's load against Espora's own services, started under the contest's limits, or against
 * any other implementation. Gatling makes it, in a process of its own outside of the limits.
 */
public final class RinhaBench {
  private static final String SIMULATIONS = "dev.espora.bench.load.LoadProcess";

  /** For its start, the answers that are due at the end, the checks after it, and its report. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final RinhaSettings settings;
  private final Workplace workplace;
  private final Unwinding unwinding;
  private final PrintStream out;

  private RinhaBench(
      RinhaSettings settings, Workplace workplace, Unwinding unwinding, PrintStream out) {
    this.settings = settings;
    this.workplace = workplace;
    this.unwinding = unwinding;
    this.out = out;
  }

  /**
   * Runs the load and prints what it found.
   *
   * @throws IllegalStateException if it cannot run, or if a request failed or was inconsistent
   */
  public static void run(RinhaSettings settings, PrintStream out) {
    try (Unwinding unwinding = Unwinding.begin();
        Workplace workplace = Workplace.in(settings.directory())) {
      RinhaBench bench = new RinhaBench(settings, workplace, unwinding, out);
      RinhaResult result =
          settings
              .target()
              .map(url -> RinhaResult.ofTarget(bench.load(url), url))
              .orElseGet(bench::ofOwnStack);
      bench.keepReport();
      result.print(settings, out);
      if (!result.load().right()) {
        throw new IllegalStateException(
            "%d of %d requests failed, %d inconsistent"
                .formatted(
                    result.load().failed(), result.load().requests(), result.load().violations()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RinhaResult ofOwnStack() {
    if (settings.limits() == RinhaSettings.Limits.NONE) {
      return withoutLimits("as asked");
    }
    ContestLimits limits;
    try {
      limits = ContestLimits.of(settings.program().limit(), settings.contest());
    } catch (IllegalStateException e) {
      return withoutLimits("this machine does not allow them: " + e.getMessage());
    }
    try (limits) {
      return withLimits(limits);
    }
  }

  private RinhaResult withLimits(ContestLimits limits) {
    try (RinhaStack stack = start(limits.inside(upCommand()))) {
      LoadReport load = load(stack.url());
      return new RinhaResult(
          load,
          "%.1f CPU and %d MB for the balancer and both instances"
              .formatted(Contest.CPUS, settings.contest().megabytes()),
          limits.peakMegabytes(),
          "page cache included",
          stack.cpuSeconds(),
          limits.throttledSeconds());
    }
  }

  private RinhaResult withoutLimits(String reason) {
    if (settings.output() == Settings.Output.TABLE) {
      out.println("Without limits: " + reason);
    }
    try (RinhaStack stack = start(upCommand())) {
      LoadReport load = load(stack.url());
      return new RinhaResult(
          load,
          "none, " + reason,
          stack.peakMegabytes(),
          "sum of the peaks of its processes",
          stack.cpuSeconds(),
          Double.NaN);
    }
  }

  private RinhaStack start(List<String> command) {
    return RinhaStack.start(command, settings.program().environment());
  }

  private List<String> upCommand() {
    List<String> command = new ArrayList<>(settings.program().command());
    command.addAll(List.of("up", settings.contest().toString(), "--port", "0"));
    command.addAll(List.of("--instances", "2", "--durability", "sync", "--console", "off"));
    command.addAll(List.of("--data", workplace.resolve("data").toString()));
    return command;
  }

  private LoadReport load(String url) {
    Progress progress = Progress.ofSeconds(out, settings.output(), settings.length());
    try (ChildJvm child = ChildJvm.startWith(loadCommand(), loadArguments(url))) {
      unwinding.onSignal(child::kill);
      Instant end = Instant.now().plus(settings.length()).plus(PATIENCE);
      LoadReport report =
          LoadReport.read(
              () -> receive(child, end), answers -> progress.step(answers + " answers"));
      child.await();
      return report;
    } finally {
      progress.end();
    }
  }

  /** The next line, unless the load has to be over by now. */
  private static String receive(ChildJvm child, Instant end) {
    Duration left = Duration.between(Instant.now(), end);
    if (left.isNegative()) {
      child.kill();
      throw new IllegalStateException(
          "the load had not ended %d s after its time, so it was ended"
              .formatted(PATIENCE.toSeconds()));
    }
    return child.receive(left);
  }

  /**
   * What Gatling would keep in the user's home stays here; what it would ask of the network fails.
   */
  private List<String> loadCommand() {
    Path preferences = workplace.resolve("preferences");
    try {
      Files.createDirectories(preferences.resolve(".java").resolve(".userPrefs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Djava.util.prefs.userRoot=" + preferences,
        "-Dhttps.proxyHost=127.0.0.1",
        "-Dhttps.proxyPort=9",
        "-cp",
        settings.program().loadJars().resolve("*").toString(),
        SIMULATIONS);
  }

  private List<String> loadArguments(String url) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                settings.contest().toString(),
                url,
                String.valueOf(settings.scale()),
                String.valueOf(settings.length().toMillis()),
                "--results-folder",
                results().toString()));
    if (settings.report().isEmpty()) {
      arguments.add("--no-reports");
    }
    return arguments;
  }

  private Path results() {
    return workplace.resolve("results");
  }

  /** Under the name that Gatling gave it, which has the time in it. */
  private void keepReport() throws IOException {
    Optional<Path> folder = settings.report();
    if (folder.isPresent()) {
      Files.createDirectories(folder.get());
      try (Stream<Path> reports = Files.list(results())) {
        reports.forEach(
            report -> Workplace.copy(report, folder.get().resolve(report.getFileName())));
      }
    }
  }
}
