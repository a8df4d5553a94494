package dev.espora.cli;

import dev.espora.bench.Callers;
import dev.espora.bench.EngineBench;
import dev.espora.bench.LedgerBench;
import dev.espora.bench.NodesBench;
import dev.espora.bench.NodesSettings;
import dev.espora.bench.Peer;
import dev.espora.bench.PeersBench;
import dev.espora.bench.PeersSettings;
import dev.espora.bench.ReopenBench;
import dev.espora.bench.SearchBench;
import dev.espora.bench.SearchSettings;
import dev.espora.bench.Settings;
import dev.espora.bench.StrategiesBench;
import dev.espora.bench.StrategiesSettings;
import dev.espora.bench.StressBench;
import dev.espora.bench.SyncCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espora bench}: the benchmarks of the bench module. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    subcommands = RinhaCommand.class,
    description = {
      "Runs a benchmark: both sides in one run, alternating, medians of several rounds.",
      "engine: appends beside the least that durability can cost. ledger: five hot accounts in one"
          + " process and two, beside the original's way. reopen: after a million records."
          + " syncs: whether the syncs are real. peers: puts, ledger transactions, reads and"
          + " reopening beside other engines and the floor. stress: a store in a small heap,"
          + " overwritten ten times. search: the people registry beside PostgreSQL with a trigram"
          + " index. strategies: the same work through Espora's four durabilities, whole pages"
          + " rewritten under a lock, PostgreSQL and memory, and what each loses in a power cut."
          + " nodes: transactions on one node and three beside the file medium, in the process and"
          + " through HTTP, a restart after a million of them, and memory.",
      "rinha bank|people: the contests' load under their limits, see 'espora bench rinha --help'."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  espora bench engine --directory /var/tmp",
      "  espora bench engine --callers virtual --threads 8,64 --rounds 3",
      "  espora bench ledger --json",
      "  espora bench peers --measure ledger --engines floor,espora,sqlite,postgresql",
      "  espora bench search --people 100000 --postgres jdbc:postgresql://localhost/postgres?user=me",
      "  espora bench strategies --seconds 1 --rounds 3 --report report",
      "  espora bench nodes --measure commands,http --threads 64,512 --directory /var/tmp"
    })
final class BenchCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "BENCHMARK",
      arity = "0..1",
      description = "engine, ledger, reopen, syncs, peers, stress, search, strategies or nodes")
  private String benchmark = "";

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_BENCH_DIRECTORY:-" + Option.NULL_VALUE + "}",
      description =
          "Where files are made, on the disk to measure. Env: ESPORA_BENCH_DIRECTORY."
              + " Default: the temporary folder")
  private @Nullable Path directory;

  @Option(
      names = "--callers",
      paramLabel = "KIND",
      split = ",",
      defaultValue = "${env:ESPORA_BENCH_CALLERS:-" + Option.NULL_VALUE + "}",
      description = "platform, virtual. Env: ESPORA_BENCH_CALLERS. Default: the benchmark's")
  private @Nullable List<Callers> callers;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      defaultValue = "${env:ESPORA_BENCH_THREADS:-" + Option.NULL_VALUE + "}",
      description = "How many callers. Env: ESPORA_BENCH_THREADS. Default: the benchmark's")
  private @Nullable List<Integer> threads;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_BENCH_ROUNDS:-" + Option.NULL_VALUE + "}",
      description = "Measurements of each side. Env: ESPORA_BENCH_ROUNDS. Default: the benchmark's")
  private @Nullable Integer rounds;

  @Option(
      names = "--measured",
      paramLabel = "TIME",
      defaultValue = "${env:ESPORA_BENCH_MEASURED:-" + Option.NULL_VALUE + "}",
      converter = TimeConverter.class,
      description =
          "Length of each measurement, e.g. 2s. Env: ESPORA_BENCH_MEASURED. Default: the benchmark's")
  private @Nullable Duration measured;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_BENCH_SECONDS:-" + Option.NULL_VALUE + "}",
      description =
          "As --measured, in whole seconds. Env: ESPORA_BENCH_SECONDS. Default: the benchmark's")
  private @Nullable Integer seconds;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "${env:ESPORA_BENCH_WARMUP:-" + Option.NULL_VALUE + "}",
      converter = TimeConverter.class,
      description =
          "How long to warm up before the first round. Env: ESPORA_BENCH_WARMUP. Default: the benchmark's")
  private @Nullable Duration warmup;

  @Option(
      names = "--measure",
      paramLabel = "WHAT",
      split = ",",
      defaultValue = "${env:ESPORA_BENCH_MEASURE:-" + Option.NULL_VALUE + "}",
      description =
          "peers: puts, ledger, reads, reopen, growth; nodes: commands, http, restart."
              + " Env: ESPORA_BENCH_MEASURE. Default: all but growth")
  private @Nullable List<String> measurements;

  @Option(
      names = "--engines",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "${env:ESPORA_BENCH_ENGINES:-" + Option.NULL_VALUE + "}",
      description =
          "peers: floor, espora, rocksdb, rocksdb-grouped, je, je-grouped, lmdb, sqlite, mvstore,"
              + " mapdb, postgresql."
              + " Env: ESPORA_BENCH_ENGINES. Default: all")
  private @Nullable List<Peer> engines;

  @Option(
      names = "--entries",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_BENCH_ENTRIES:-" + Option.NULL_VALUE + "}",
      description =
          "peers: entries of a store for reads and reopen; stress: entries that are"
              + " overwritten; nodes: transactions before a restart. Env: ESPORA_BENCH_ENTRIES."
              + " Default: 1000000")
  private @Nullable Integer entries;

  @Option(
      names = "--sizes",
      paramLabel = "N",
      split = ",",
      defaultValue = "${env:ESPORA_BENCH_SIZES:-" + Option.NULL_VALUE + "}",
      description =
          "peers: entries of the stores for growth. Env: ESPORA_BENCH_SIZES."
              + " Default: 1000,100000,1000000,10000000")
  private @Nullable List<Integer> sizes;

  @Option(
      names = "--people",
      paramLabel = "N",
      defaultValue = "${env:ESPORA_BENCH_PEOPLE:-" + Option.NULL_VALUE + "}",
      description = "search: who are registered. Env: ESPORA_BENCH_PEOPLE. Default: 1000000")
  private @Nullable Integer people;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "${env:ESPORA_BENCH_HEAP:-" + Option.NULL_VALUE + "}",
      description = "search: heap of Espora's process. Env: ESPORA_BENCH_HEAP. Default: 512m")
  private @Nullable String heap;

  @Option(
      names = "--postgres",
      paramLabel = "URL",
      defaultValue = "${env:ESPORA_BENCH_POSTGRES:-" + Option.NULL_VALUE + "}",
      description =
          "search, strategies: a server that runs, for JDBC; what it does with fsync off is not measured."
              + " Env: ESPORA_BENCH_POSTGRES. Default: one of the benchmark's own")
  private @Nullable String postgres;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      defaultValue = "${env:ESPORA_BENCH_REPORT:-" + Option.NULL_VALUE + "}",
      description =
          "strategies: where report.html and report.json are written."
              + " Env: ESPORA_BENCH_REPORT. Default: nowhere")
  private @Nullable Path report;

  @Option(
      names = "--json",
      defaultValue = "${env:ESPORA_BENCH_JSON:-false}",
      fallbackValue = "true",
      description =
          "Print JSON objects, one for each table. Env: ESPORA_BENCH_JSON. Default: false")
  private boolean json;

  @Override
  public Integer call() {
    if (benchmark.isEmpty()) {
      throw wrong("a benchmark is missing");
    }
    Settings settings =
        settings(
            switch (benchmark) {
              case "ledger" -> LedgerBench.DEFAULTS;
              case "peers" -> PeersBench.DEFAULTS;
              case "search" -> SearchBench.DEFAULTS;
              case "strategies" -> StrategiesBench.DEFAULTS;
              case "nodes" -> NodesBench.DEFAULTS;
              default -> Settings.DEFAULTS;
            });
    try {
      switch (benchmark) {
        case "engine" -> EngineBench.run(settings, System.out);
        case "ledger" -> LedgerBench.run(settings, System.out);
        case "reopen" -> ReopenBench.run(settings, System.out);
        case "syncs" -> SyncCheck.run(settings, System.out);
        case "peers" -> PeersBench.run(settings, peersSettings(), System.out);
        case "search" -> SearchBench.run(settings, searchSettings(), System.out);
        case "strategies" ->
            StrategiesBench.run(settings, strategiesSettings(settings), System.out);
        case "nodes" -> NodesBench.run(settings, nodesSettings(), System.out);
        case "stress" -> StressBench.run(settings, peersSettings().entries(), System.out);
        default ->
            throw wrong(
                "'"
                    + benchmark
                    + "' is none of engine, ledger, reopen, syncs, peers, stress, search, strategies,"
                    + " nodes");
      }
    } catch (IllegalStateException e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  private Settings settings(Settings defaults) {
    try {
      return new Settings(
          directory == null ? defaults.directory() : directory,
          callers == null ? defaults.callers() : callers,
          threads == null ? defaults.threads() : threads,
          rounds == null ? defaults.rounds() : rounds,
          measured(defaults.measured()),
          warmup == null ? defaults.warmup() : warmup,
          json ? Settings.Output.JSON : defaults.output());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private Duration measured(Duration usual) {
    if (measured != null) {
      return measured;
    }
    return seconds == null ? usual : Duration.ofSeconds(seconds);
  }

  private PeersSettings peersSettings() {
    PeersSettings defaults = PeersSettings.DEFAULTS;
    try {
      return new PeersSettings(
          measurements(PeersSettings.Measurement.class).orElse(defaults.measurements()),
          engines == null ? defaults.engines() : engines,
          entries == null ? defaults.entries() : entries,
          sizes == null ? defaults.sizes() : sizes,
          peersJars());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private NodesSettings nodesSettings() {
    NodesSettings defaults = NodesSettings.DEFAULTS;
    try {
      return new NodesSettings(
          measurements(NodesSettings.Measurement.class).orElse(defaults.measurements()),
          entries == null ? defaults.commands() : entries,
          program());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<NodesSettings.Program> program() {
    JavaProgram program = JavaProgram.current();
    return Optional.ofNullable(program.home())
        .map(home ->
            new NodesSettings.Program(
                home,
                program.command(JavaProgram.Role.FRONT, List.of()),
                UpCommand.ENVIRONMENT_OF_BENCHMARKS));
  }

  /** What was asked for, as one benchmark calls it. */
  private <M extends Enum<M>> Optional<List<M>> measurements(Class<M> kind) {
    return Optional.ofNullable(measurements)
        .map(names -> names.stream().map(name -> measurement(kind, name)).toList());
  }

  private static <M extends Enum<M>> M measurement(Class<M> kind, String name) {
    return Stream.of(kind.getEnumConstants())
        .filter(each -> each.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'%s' is none of %s"
                    .formatted(name, Arrays.toString(kind.getEnumConstants()))
                    .toLowerCase(Locale.ROOT)));
  }

  private SearchSettings searchSettings() {
    SearchSettings defaults = SearchSettings.DEFAULTS;
    try {
      return new SearchSettings(
          people == null ? defaults.people() : people,
          heap == null ? defaults.heap() : heap,
          Optional.ofNullable(postgres),
          peersJars());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private StrategiesSettings strategiesSettings(Settings settings) {
    if (settings.threads().size() > 1 || settings.callers().size() > 1) {
      throw wrong("strategies takes one number of threads and one kind of callers");
    }
    String arguments =
        String.join(
            " ", Objects.requireNonNull(spec).root().commandLine().getParseResult().originalArgs());
    return new StrategiesSettings(
        Optional.ofNullable(postgres),
        peersJars(),
        Optional.ofNullable(report),
        // A report is for others to read.
        "espora " + arguments.replaceAll("(password=)[^& ]*", "$1…"));
  }

  private static Optional<Path> peersJars() {
    return Optional.ofNullable(System.getProperty("espora.home"))
        .map(home -> Path.of(home, "lib", "peers"));
  }

  private ParameterException wrong(String reason) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), reason);
  }
}
