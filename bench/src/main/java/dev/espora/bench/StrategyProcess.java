package dev.espora.bench;

import dev.espora.bench.StrategyWork.Question;
import dev.espora.bench.StrategyWork.Round;
import dev.espora.bench.strategies.Workload;
import java.io.Serial;
import java.time.Duration;
import java.util.List;

/**
 * A process with one strategy, as the benchmark sees it. Every question may fail, with the reason.
 */
final class StrategyProcess implements AutoCloseable {
  private final Conversation conversation;

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

  private StrategyProcess(Conversation conversation) {
    this.conversation = conversation;
  }

  /** Returns when it has opened what it stores in. */
  static StrategyProcess of(ChildJvm jvm) {
    return new StrategyProcess(Conversation.begin(jvm, StrategyProcess::found));
  }

  private static String found(String answer) {
    if (answer.startsWith(StrategyWork.WRONG)) {
      throw new WrongAnswer(answer.substring(StrategyWork.WRONG.length()));
    }
    if (answer.startsWith(StrategyWork.IMPOSSIBLE)) {
      throw new NotPossible(answer.substring(StrategyWork.IMPOSSIBLE.length()));
    }
    return PeerWork.found(answer);
  }

  Round measure(Workload.Kind kind, Duration duration) {
    return Round.parse(conversation.ask(Question.MEASURE, kind.name(), duration.toMillis()));
  }

  StrategyCrash.Loss crash(Workload.Kind kind, Duration duration) {
    return StrategyCrash.Loss.parse(
        conversation.ask(Question.CRASH, kind.name(), duration.toMillis()));
  }

  void load(int people) {
    var _ = conversation.ask(Question.LOAD, people);
  }

  Sample register(int people, Duration duration) {
    return Sample.parse(conversation.ask(Question.REGISTER, people, duration.toMillis()));
  }

  List<String> remarks() {
    return conversation.remarks(Question.REMARKS);
  }

  /** Ends it when it has closed everything, however long that takes. */
  void end() {
    conversation.end(Question.CLOSE);
  }

  /** Ends it as soon as it lets itself be ended. */
  @Override
  public void close() {
    conversation.close();
  }
}
