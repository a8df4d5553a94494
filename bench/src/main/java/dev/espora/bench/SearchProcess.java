package dev.espora.bench;

import dev.espora.bench.SearchWork.Question;
import dev.espora.bench.search.Terms;
import java.time.Duration;
import java.util.List;

/** A process that searches, as the benchmark sees it. Every question may fail, with the reason. */
final class SearchProcess implements AutoCloseable {
  private final Conversation conversation;

  private SearchProcess(Conversation conversation) {
    this.conversation = conversation;
  }

  /** Returns when it has opened what it searches. */
  static SearchProcess of(ChildJvm jvm) {
    return new SearchProcess(Conversation.begin(jvm, PeerWork::found));
  }

  void load() {
    var _ = conversation.ask(Question.LOAD);
  }

  /** Milliseconds from before the files were opened to the answer of the first search. */
  double millisToAnswer() {
    return Long.parseLong(conversation.ask(Question.OPENED)) / 1e6;
  }

  /** Whether it finds what is right; returns what readers must know. */
  List<String> check() {
    return conversation.remarks(Question.CHECK);
  }

  Sample measure(Terms.Kind kind, Duration duration) {
    return Sample.parse(conversation.ask(Question.MEASURE, kind.name(), duration.toMillis()));
  }

  long bytesOnDisk() {
    return Long.parseLong(conversation.ask(Question.DISK));
  }

  long heapBytes() {
    return Long.parseLong(conversation.ask(Question.HEAP));
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
