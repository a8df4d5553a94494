package dev.espora.bench;

import dev.espora.bench.strategies.Backend;
import dev.espora.bench.strategies.Outage;
import dev.espora.bench.strategies.RegistryWorkload;
import dev.espora.bench.strategies.Storage;
import dev.espora.bench.strategies.Strategy;
import dev.espora.bench.strategies.Workload;
import dev.espora.bench.strategies.WrongResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a process does with one strategy: it opens it, then does whatever the benchmark asks for, a
 * line a question. To each, and when it is open, it answers with {@link PeerWork#DONE} and what it
 * found, with {@link PeerWork#FAILED} and why, with {@link #WRONG} and what contradicts what was
 * acknowledged, or with {@link #IMPOSSIBLE} and why the strategy can do anything but this here.
 *
 * @param directory of its files
 * @param load who calls
 * @param postgres a server that runs already
 */
record StrategyWork(Strategy strategy, Path directory, Load load, Optional<String> postgres) {
  static final String NAME = "strategy";
  static final String WRONG = "wrong ";
  static final String IMPOSSIBLE = "impossible ";

  /** What the benchmark may ask for, with words behind it. */
  enum Question {
    /** A kind of workload and milliseconds, on new files; answers with a {@link Round}. */
    MEASURE,
    /**
     * A kind of workload and milliseconds until then; answers with a {@link StrategyCrash.Loss}.
     */
    CRASH,
    /** How many people are registered from now on; answers with nothing. */
    LOAD,
    /** How many people were, and milliseconds; answers with a {@link Sample}. */
    REGISTER,
    /** Answers with what readers must know, a sentence a tab. */
    REMARKS,
    /** Answers with nothing when all is closed. */
    CLOSE
  }

  /**
   * What was measured once.
   *
   * @param acknowledged records; what was refused is none
   * @param syncs of files; NaN where they are not counted
   */
  record Round(Sample sample, long acknowledged, double syncs) {

    double syncsPerSecond() {
      return syncs * 1e9 / sample.elapsedNanos();
    }

    double syncsPerRecord() {
      return syncs / acknowledged;
    }

    String format() {
      return sample.format() + " " + acknowledged + " " + syncs;
    }

    static Round parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Round(
          Sample.parse(parts[0]), Long.parseLong(parts[1]), Double.parseDouble(parts[2]));
    }
  }

  List<String> arguments() {
    return Stream.concat(
            Stream.of(
                NAME,
                strategy.name(),
                directory.toString(),
                load.callers().name(),
                String.valueOf(load.threads())),
            postgres.stream())
        .toList();
  }

  static StrategyWork parse(List<String> arguments) {
    return new StrategyWork(
        Strategy.valueOf(arguments.get(0)),
        Path.of(arguments.get(1)),
        new Load(Callers.valueOf(arguments.get(2)), Integer.parseInt(arguments.get(3))),
        arguments.size() > 4 ? Optional.of(arguments.get(4)) : Optional.empty());
  }

  void run(Child.Parent parent) {
    try (Backend backend = strategy.open(directory, load.threads(), postgres)) {
      parent.send(PeerWork.DONE);
      Session session = new Session(backend, load);
      for (Optional<String> line = parent.receive(); line.isPresent(); line = parent.receive()) {
        List<String> words = List.of(line.get().split(" ", -1));
        if (Question.valueOf(words.getFirst()) == Question.CLOSE) {
          break;
        }
        parent.send(answer(session, words));
      }
    } catch (Throwable e) {
      // A library that is missing or does not fit is an error, not an exception.
      parent.send(PeerWork.FAILED + oneLine(e));
      return;
    }
    parent.send(PeerWork.DONE);
  }

  private static String answer(Session session, List<String> words) {
    try {
      return PeerWork.DONE + session.answer(Question.valueOf(words.getFirst()), words);
    } catch (IllegalStateException e) {
      Throwable cause = e.getCause() instanceof WrongResult wrong ? wrong : e;
      return (cause instanceof WrongResult ? WRONG : PeerWork.FAILED) + oneLine(cause);
    } catch (UnsupportedOperationException e) {
      return IMPOSSIBLE + e.getMessage();
    } catch (RuntimeException | Error e) {
      return PeerWork.FAILED + oneLine(e);
    }
  }

  private static String oneLine(Throwable e) {
    String text =
        e instanceof IllegalStateException ? String.valueOf(e.getMessage()) : e.toString();
    return text.lines().collect(Collectors.joining(" "));
  }

  /** One strategy at work, and what it was told before. */
  private static final class Session {
    /** What the engine says; kept, since otherwise its level is forgotten. */
    private static final Logger ENGINE = Logger.getLogger("dev.espora.db");

    private static final String ROUND = "round";

    /** Many more than strategies register that have no room for any number. */
    private static final int PEOPLE = 150_000;

    private final Backend backend;
    private final Load load;

    /** People by the size that their storage was to have. */
    private final Map<Integer, Integer> registered = new HashMap<>();

    Session(Backend backend, Load load) {
      this.backend = backend;
      this.load = load;
    }

    String answer(Question question, List<String> words) {
      return switch (question) {
        case MEASURE -> measure(Workload.Kind.valueOf(words.get(1)), millis(words.get(2))).format();
        case CRASH -> crash(Workload.Kind.valueOf(words.get(1)), millis(words.get(2))).format();
        case LOAD -> loadPeople(Integer.parseInt(words.get(1)));
        case REGISTER -> register(Integer.parseInt(words.get(1)), millis(words.get(2))).format();
        case REMARKS -> String.join("\t", backend.remarks());
        case CLOSE -> throw new IllegalArgumentException("closed by its owner");
      };
    }

    private static Duration millis(String word) {
      return Duration.ofMillis(Long.parseLong(word));
    }

    private Round measure(Workload.Kind kind, Duration duration) {
      try (Storage storage = backend.open(ROUND, PEOPLE)) {
        Workload workload = kind.on(storage);
        double before = backend.syncs();
        Sample sample = load.run(duration, work(workload));
        double syncs = backend.syncs() - before;
        workload.check();
        return new Round(sample, workload.acknowledged(), syncs);
      } finally {
        backend.delete(ROUND);
      }
    }

    private static IntConsumer work(Workload workload) {
      return _ -> workload.operate();
    }

    private StrategyCrash.Loss crash(Workload.Kind kind, Duration duration) {
      Level level = ENGINE.getLevel();
      ENGINE.setLevel(Level.OFF); // that storage fails is what it is for
      try (Outage outage = backend.outage()) {
        return StrategyCrash.run(outage, kind, load, duration);
      } finally {
        ENGINE.setLevel(level);
      }
    }

    private String loadPeople(int people) {
      backend.delete(name(people));
      try (Storage storage = backend.open(name(people), people + PEOPLE)) {
        storage.registry().load(IntStream.range(0, people).mapToObj(RegistryWorkload::person));
      }
      registered.put(people, people);
      return "";
    }

    private Sample register(int people, Duration duration) {
      try (Storage storage = backend.open(name(people), people + PEOPLE)) {
        RegistryWorkload workload =
            new RegistryWorkload(storage.registry(), registered.getOrDefault(people, 0));
        var _ = load.run(duration.dividedBy(2), work(workload));
        Sample sample = load.run(duration, work(workload));
        registered.put(people, workload.sent());
        return sample;
      }
    }

    private static String name(int people) {
      return "people" + people;
    }
  }
}
