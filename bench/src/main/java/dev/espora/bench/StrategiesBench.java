package dev.espora.bench;

import dev.espora.bench.StrategyWork.Round;
import dev.espora.bench.strategies.Strategy;
import dev.espora.bench.strategies.Workload;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The same work through several ways to store it: what each costs, and what it loses when the power
 * is cut. Each strategy has a process of its own, all take turns, and each round begins with new
 * files. A strategy that cannot run is reported as absent.
 */
public final class StrategiesBench {

  /** {@link Settings#DEFAULTS} with 64 platform threads, and five rounds of two seconds. */
  public static final Settings DEFAULTS =
      Settings.DEFAULTS
          .withCallers(List.of(Callers.PLATFORM))
          .withThreads(List.of(64))
          .withRounds(5)
          .withMeasured(Duration.ofSeconds(2));

  /** Whose cost is measured as more and more is stored. */
  private static final List<Strategy> GROWING =
      List.of(Strategy.ESPORA_SYNC, Strategy.PAGES, Strategy.POSTGRES);

  /** More would not tell more, and each of them loads everything anew. */
  private static final int MOST_GROWTH_ROUNDS = 3;

  /** Files up to this size are new in each round; larger ones hardly change by one. */
  private static final int MOST_LOADED_ANEW = 200_000;

  private static final Duration LONGEST_CRASH = Duration.ofMillis(500);

  /** For opening, checking and deleting, beside what is measured. */
  private static final Duration OVERHEAD = Duration.ofMillis(500);

  private static final Duration STARTING = Duration.ofSeconds(1);

  private final Settings settings;
  private final StrategiesSettings strategies;
  private final Workplace workplace;
  private final Progress progress;
  private final Map<Strategy, StrategyProcess> processes = new EnumMap<>(Strategy.class);
  private final Map<Strategy, Integer> largest = new EnumMap<>(Strategy.class);
  private final List<String> notes = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  private StrategiesBench(
      Settings settings, StrategiesSettings strategies, Workplace workplace, PrintStream out) {
    this.settings = settings;
    this.strategies = strategies;
    this.workplace = workplace;
    this.progress = begin(settings, out);
  }

  /**
   * Runs it, prints two tables, and writes a report if one is asked for.
   *
   * @throws IllegalArgumentException if there is more than one number or kind of callers
   * @throws IllegalStateException if a strategy stored or answered something else than it had to
   */
  public static void run(Settings settings, StrategiesSettings strategies, PrintStream out) {
    if (settings.threads().size() > 1 || settings.callers().size() > 1) {
      throw new IllegalArgumentException("strategies takes one number and one kind of callers");
    }
    try (Workplace workplace = Workplace.in(settings.directory())) {
      StrategiesBench bench = new StrategiesBench(settings, strategies, workplace, out);
      try {
        bench.run(out);
      } finally {
        bench.processes.values().forEach(StrategyProcess::close);
      }
    }
  }

  private static Progress begin(Settings settings, PrintStream out) {
    int sides = Strategy.values().length;
    int work = Workload.Kind.values().length * sides;
    int rounds = work * settings.rounds();
    int growth = GROWING.size() * sizes(settings).size() * growthRounds(settings);
    Duration expected =
        STARTING
            .multipliedBy(sides)
            .plus(settings.measured().plus(OVERHEAD).multipliedBy(rounds))
            .plus(settings.warmup().plus(OVERHEAD).multipliedBy(work))
            .plus(crashAfter(settings).plus(OVERHEAD).multipliedBy(work))
            .plus(settings.measured().multipliedBy(3).plus(OVERHEAD).multipliedBy(growth));
    return Progress.begin(out, settings, sides + work + rounds + work + growth, expected);
  }

  private void run(PrintStream out) {
    for (Strategy strategy : Strategy.values()) {
      progress.step("starting " + strategy);
      attempt(
          strategy,
          () -> {
            processes.put(strategy, start(strategy));
            notes.addAll(process(strategy).remarks());
            return true;
          });
    }
    Map<Workload.Kind, Comparison<Optional<Round>>> rounds = new EnumMap<>(Workload.Kind.class);
    Map<Workload.Kind, Map<Strategy, StrategyCrash.Loss>> losses =
        new EnumMap<>(Workload.Kind.class);
    for (Workload.Kind kind : Workload.Kind.values()) {
      rounds.put(kind, compare(kind));
      losses.put(kind, crash(kind));
    }
    Comparison<Optional<Sample>> growth = grow();
    progress.end();
    for (Strategy strategy : List.copyOf(processes.keySet())) {
      attempt(
          strategy,
          () -> {
            process(strategy).end();
            return true;
          });
    }
    StrategiesResults results =
        new StrategiesResults(
            List.copyOf(processes.keySet()), rounds, losses, growing(), sizes(settings), growth);
    results.costs(notes).print(out, settings);
    results.growth().print(out, settings);
    strategies
        .report()
        .ifPresent(folder ->
            StrategiesReport.write(folder, settings, strategies.command(), results, notes));
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(String.join("; ", wrong));
    }
  }

  private StrategyProcess start(Strategy strategy) {
    return StrategyProcess.of(
        new PeerJvm(strategies.jars(), workplace)
            .start(
                new StrategyWork(
                        strategy,
                        workplace.resolve(strategy.name().toLowerCase(Locale.ROOT)),
                        new Load(
                            settings.callers().getFirst(), Collections.max(settings.threads())),
                        strategies.postgres())
                    .arguments()));
  }

  private StrategyProcess process(Strategy strategy) {
    StrategyProcess process = processes.get(strategy);
    if (process == null) {
      throw new IllegalStateException(strategy + " is not there");
    }
    return process;
  }

  /** Does something with a strategy, which is absent from then on if that fails. */
  private <T> Optional<T> attempt(Strategy strategy, Supplier<T> work) {
    try {
      return Optional.of(work.get());
    } catch (StrategyProcess.WrongAnswer e) {
      wrong.add(strategy + " is wrong: " + e.getMessage());
      absent(strategy, e);
    } catch (IllegalStateException e) {
      absent(strategy, e);
    }
    return Optional.empty();
  }

  private void absent(Strategy strategy, IllegalStateException reason) {
    notes.add(strategy + " is absent: " + reason.getMessage());
    StrategyProcess failed = processes.remove(strategy);
    if (failed != null) {
      failed.close();
    }
  }

  private Comparison<Optional<Round>> compare(Workload.Kind kind) {
    List<Side<Optional<Round>>> sides = new ArrayList<>();
    for (Strategy strategy : List.copyOf(processes.keySet())) {
      if (!settings.warmup().isZero()) {
        progress.step(strategy + " warms up for the " + kind);
        var _ = attempt(strategy, () -> process(strategy).measure(kind, settings.warmup()));
      }
      sides.add(side(strategy, () -> process(strategy).measure(kind, settings.measured())));
    }
    return Comparison.run(sides, settings.rounds(), progress);
  }

  /** One that gives nothing once its strategy is absent. */
  private <R> Side<Optional<R>> side(Strategy strategy, Supplier<R> round) {
    return new Side<>(
        strategy.toString(),
        () -> processes.containsKey(strategy) ? attempt(strategy, round) : Optional.empty());
  }

  private Map<Strategy, StrategyCrash.Loss> crash(Workload.Kind kind) {
    Map<Strategy, StrategyCrash.Loss> losses = new EnumMap<>(Strategy.class);
    for (Strategy strategy : List.copyOf(processes.keySet())) {
      progress.step(strategy + " crashes at the " + kind);
      try {
        losses.put(strategy, process(strategy).crash(kind, crashAfter(settings)));
      } catch (StrategyProcess.NotPossible e) {
        notes.add(strategy + " was not crashed: " + e.getMessage() + ".");
      } catch (IllegalStateException e) {
        absent(strategy, e);
      }
    }
    return losses;
  }

  private static Duration crashAfter(Settings settings) {
    return settings.measured().compareTo(LONGEST_CRASH) < 0 ? settings.measured() : LONGEST_CRASH;
  }

  private Comparison<Optional<Sample>> grow() {
    List<Side<Optional<Sample>>> sides = new ArrayList<>();
    for (int size : sizes(settings)) {
      for (Strategy strategy : growing()) {
        Side<Optional<Sample>> side = side(strategy, () -> register(strategy, size));
        sides.add(new Side<>(StrategiesResults.sized(strategy, size), side.round()));
      }
    }
    return Comparison.run(sides, growthRounds(settings), progress);
  }

  private Sample register(Strategy strategy, int size) {
    if (size <= MOST_LOADED_ANEW || largest.getOrDefault(strategy, 0) < size) {
      process(strategy).load(size);
      largest.merge(strategy, size, Math::max);
    }
    return process(strategy).register(size, settings.measured().dividedBy(2));
  }

  private List<Strategy> growing() {
    return GROWING.stream().filter(processes::containsKey).toList();
  }

  /** People who are registered before: none, and, at two seconds a round, 100,000 and a million. */
  private static List<Integer> sizes(Settings settings) {
    int million = (int) Math.min(1_000_000, 500 * settings.measured().toMillis());
    return List.of(0, million / 10, million);
  }

  private static int growthRounds(Settings settings) {
    return Math.min(settings.rounds(), MOST_GROWTH_ROUNDS);
  }
}
