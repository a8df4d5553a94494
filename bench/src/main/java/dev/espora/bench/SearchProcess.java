package dev.espora.bench;

import dev.espora.bench.SearchWork.Question;
import dev.espora.bench.search.Terms;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A process that searches, as the benchmark sees it. Every question may fail, with the reason. */
final class SearchProcess implements AutoCloseable {
  private final ChildJvm jvm;

  private SearchProcess(ChildJvm jvm) {
    this.jvm = jvm;
  }

  /** Returns when it has opened what it searches. */
  static SearchProcess of(ChildJvm jvm) {
    SearchProcess process = new SearchProcess(jvm);
    try {
      var _ = process.answer();
      return process;
    } catch (IllegalStateException e) {
      process.close();
      throw e;
    }
  }

  void load() {
    var _ = ask(Question.LOAD.name());
  }

  /** Milliseconds from before the files were opened to the answer of the first search. */
  double millisToAnswer() {
    return Long.parseLong(ask(Question.OPENED.name())) / 1e6;
  }

  /** Whether it finds what is right; returns what readers must know. */
  List<String> check() {
    return Stream.of(ask(Question.CHECK.name()).split("\t", -1))
        .filter(remark -> !remark.isEmpty())
        .toList();
  }

  Sample measure(Terms.Kind kind, Duration duration) {
    return Sample.parse(ask(Question.MEASURE + " " + kind.name() + " " + duration.toMillis()));
  }

  long bytesOnDisk() {
    return Long.parseLong(ask(Question.DISK.name()));
  }

  long heapBytes() {
    return Long.parseLong(ask(Question.HEAP.name()));
  }

  private String ask(String question) {
    jvm.send(question);
    return answer();
  }

  private String answer() {
    String answer = jvm.receive();
    if (!answer.startsWith(PeerWork.DONE)) {
      throw new IllegalStateException(answer.substring(PeerWork.FAILED.length()));
    }
    return answer.substring(PeerWork.DONE.length());
  }

  /** Ends it when it has closed everything, however long that takes. */
  void end() {
    var _ = ask(Question.CLOSE.name());
    jvm.close();
  }

  /** Ends it as soon as it lets itself be ended. */
  @Override
  public void close() {
    jvm.close();
  }
}
