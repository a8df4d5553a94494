package dev.espora.testkit.history;

import java.util.List;
import java.util.Set;

/**
 * What was found about a history.
 *
 * @param <S> states of the model
 * @param <I> what operations are asked
 * @param <O> what they answer
 */
public sealed interface Verdict<S, I, O> {

  /**
   * There is an order that explains every answer.
   *
   * @param operations how many there are
   * @param unknown how many of them have an unknown outcome
   * @param partitions how many objects they were about
   */
  record Linearizable<S, I, O>(int operations, int unknown, int partitions)
      implements Verdict<S, I, O> {}

  /**
   * No order explains it. The part that cannot be ordered is {@code answer} with {@code meanwhile}:
   * whatever had happened until then is explained, in one or several ways that lead to {@code
   * states}, and from none of these an order of that part leads on.
   *
   * @param partition the object that it was about
   * @param before how many operations of the partition had returned before, all of them explained
   * @param states what the state may have been before
   * @param answer the first operation whose answer nothing explains
   * @param possible what it could have answered instead, as far as it was looked for
   * @param meanwhile the operations that were under way when it returned, or whose outcome is
   *     unknown, some of which may be behind one of the {@code states} already
   * @param latest the operations that returned last before, for people to read
   */
  record Violated<S, I, O>(
      Object partition,
      int before,
      Set<S> states,
      Operation<I, O> answer,
      Set<O> possible,
      List<Operation<I, O>> meanwhile,
      List<Operation<I, O>> latest)
      implements Verdict<S, I, O> {

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      text.append("no order of the operations on ").append(partition).append(" explains\n  ");
      text.append(answer).append("\n  it could have answered ").append(possible);
      text.append("\n  since ").append(before).append(" operations led to one of ").append(states);
      append(text, "under way meanwhile, or of unknown outcome:", meanwhile);
      append(text, "the last ones before:", latest);
      return text.toString();
    }

    private static void append(StringBuilder text, String title, List<?> operations) {
      if (!operations.isEmpty()) {
        text.append("\n  ").append(title);
        operations.forEach(operation -> text.append("\n    ").append(operation));
      }
    }
  }

  /**
   * The search was given up: too many operations at a time whose order no answer tells.
   *
   * @param partition the object that they were about
   * @param orders how many partial orders were compared
   * @param suspicion what was found where as little of the unknown as possible takes effect at each
   *     answer
   */
  record Undecided<S, I, O>(Object partition, long orders, Verdict<S, I, O> suspicion)
      implements Verdict<S, I, O> {}

  /**
   * Fails unless the history is linearizable.
   *
   * @throws AssertionError that names the part which is not
   */
  default Linearizable<S, I, O> orFail() {
    return switch (this) {
      case Linearizable<S, I, O> good -> good;
      case Violated<S, I, O> bad -> throw new AssertionError(bad.toString());
      case Undecided<S, I, O> open -> throw new AssertionError(open.toString());
    };
  }
}
