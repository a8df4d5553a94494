package dev.espora.bench;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Questions to a process, and what it answers, in a line each. Every question may fail, with the
 * reason.
 */
final class Conversation implements AutoCloseable {
  private final ChildJvm jvm;
  private final UnaryOperator<String> found;

  private Conversation(ChildJvm jvm, UnaryOperator<String> found) {
    this.jvm = jvm;
    this.found = found;
  }

  /**
   * Returns when the process has opened what it is to be asked about.
   *
   * @param found what an answer says was found, as {@link PeerWork#found} has it; throws {@link
   *     IllegalStateException} where it failed
   */
  static Conversation begin(ChildJvm jvm, UnaryOperator<String> found) {
    Conversation conversation = new Conversation(jvm, found);
    try {
      var _ = conversation.answer();
      return conversation;
    } catch (IllegalStateException e) {
      conversation.close();
      throw e;
    }
  }

  /** Asks in words, and returns what was found. */
  String ask(Object... words) {
    jvm.send(Stream.of(words).map(String::valueOf).collect(Collectors.joining(" ")));
    return answer();
  }

  /** Asks for remarks. */
  List<String> remarks(Object question) {
    return Stream.of(ask(question).split("\t", -1)).filter(remark -> !remark.isEmpty()).toList();
  }

  ProcessHandle process() {
    return jvm.handle();
  }

  /** Ends the process as {@code kill -9} does. */
  void kill() {
    jvm.kill();
  }

  private String answer() {
    return found.apply(jvm.receive());
  }

  /** Ends the process when it has closed everything, however long that takes. */
  void end(Object question) {
    var _ = ask(question);
    jvm.close();
  }

  /** Ends the process as soon as it lets itself be ended. */
  @Override
  public void close() {
    jvm.close();
  }
}
