package dev.espora.bench;

import dev.espora.bench.StrategyWork.Question;
import dev.espora.bench.StrategyWork.Round;
import dev.espora.bench.strategies.Workload;
import java.io.Serial;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process with one strategy, as the benchmark sees it. Every question may fail, with the reason.
 */
final class StrategyProcess implements AutoCloseable {
  private final ChildJvm jvm;

  /** What it stores or answers is wrong: it is not just that it cannot run. */
  static final class WrongAnswer extends IllegalStateException {
    @Serial private static final long serialVersionUID = 1;

    WrongAnswer(String message) {
      super(message);
    }
  }

  /** It can do anything but this here. */
  static final class NotPossible extends IllegalStateException {
    @Serial private static final long serialVersionUID = 1;

    NotPossible(String message) {
      super(message);
    }
  }

  private StrategyProcess(ChildJvm jvm) {
    this.jvm = jvm;
  }

  /** Returns when it has opened what it stores in. */
  static StrategyProcess of(ChildJvm jvm) {
    StrategyProcess process = new StrategyProcess(jvm);
    try {
      var _ = process.answer();
      return process;
    } catch (IllegalStateException e) {
      process.close();
      throw e;
    }
  }

  Round measure(Workload.Kind kind, Duration duration) {
    return Round.parse(ask(Question.MEASURE, kind.name(), duration.toMillis()));
  }

  StrategyCrash.Loss crash(Workload.Kind kind, Duration duration) {
    return StrategyCrash.Loss.parse(ask(Question.CRASH, kind.name(), duration.toMillis()));
  }

  void load(int people) {
    var _ = ask(Question.LOAD, people);
  }

  Sample register(int people, Duration duration) {
    return Sample.parse(ask(Question.REGISTER, people, duration.toMillis()));
  }

  List<String> remarks() {
    return Stream.of(ask(Question.REMARKS).split("\t", -1))
        .filter(remark -> !remark.isEmpty())
        .toList();
  }

  private String ask(Question question, Object... words) {
    StringBuilder line = new StringBuilder(question.name());
    for (Object word : words) {
      line.append(' ').append(word);
    }
    jvm.send(line.toString());
    return answer();
  }

  private String answer() {
    String answer = jvm.receive();
    if (answer.startsWith(StrategyWork.WRONG)) {
      throw new WrongAnswer(answer.substring(StrategyWork.WRONG.length()));
    }
    if (answer.startsWith(StrategyWork.IMPOSSIBLE)) {
      throw new NotPossible(answer.substring(StrategyWork.IMPOSSIBLE.length()));
    }
    if (!answer.startsWith(PeerWork.DONE)) {
      throw new IllegalStateException(answer.substring(PeerWork.FAILED.length()));
    }
    return answer.substring(PeerWork.DONE.length());
  }

  /** Ends it when it has closed everything, however long that takes. */
  void end() {
    var _ = ask(Question.CLOSE);
    jvm.close();
  }

  /** Ends it as soon as it lets itself be ended. */
  @Override
  public void close() {
    jvm.close();
  }
}
