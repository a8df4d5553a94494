package dev.espora.testkit.history;

/**
 * How an operation ended, as far as its caller knows.
 *
 * @param <O> what operations answer
 */
public sealed interface Outcome<O> {

  /** It was answered: it took effect between its invocation and its return. */
  record Returned<O>(O value) implements Outcome<O> {
    @Override
    public String toString() {
      return String.valueOf(value);
    }
  }

  /** It was refused without an effect, and nobody must ever see one. */
  record Failed<O>() implements Outcome<O> {
    @Override
    public String toString() {
      return "failed";
    }
  }

  /** Nobody was told: it took effect at some moment after its invocation, or never will. */
  record Unknown<O>() implements Outcome<O> {
    @Override
    public String toString() {
      return "unknown";
    }
  }
}
