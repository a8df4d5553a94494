package dev.espora.testkit.history;

/**
 * What a single caller would see who is alone: the sequential specification that a history is
 * measured by. States are immutable and have {@code equals} and {@code hashCode}.
 *
 * @param <S> the state
 * @param <I> what operations are asked
 * @param <O> what they answer, compared with {@code equals}
 */
public interface Model<S, I, O> {

  /** The state before the first operation. */
  S initial();

  /** What an operation makes of a state, and what it answers then. */
  Step<S, O> apply(S state, I input);

  /**
   * Whether an operation never changes the state. Saying so is not needed, but lets many orders be
   * left out.
   */
  default boolean isRead(I input) {
    return false;
  }

  /** The outcome of one operation. */
  record Step<S, O>(S state, O output) {}
}
