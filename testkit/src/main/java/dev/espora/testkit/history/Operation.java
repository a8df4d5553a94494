package dev.espora.testkit.history;

/**
 * One operation of a history. One operation is before another only if it returned before the other
 * was invoked; with equal times they are at the same time.
 *
 * @param caller who asked, for people to read
 * @param input what was asked
 * @param outcome how it ended
 * @param invokedNanos when it was invoked, by {@link System#nanoTime}
 * @param returnedNanos when it returned, by the same clock; {@link Long#MAX_VALUE} if it never did
 */
public record Operation<I, O>(
    String caller, I input, Outcome<O> outcome, long invokedNanos, long returnedNanos) {

  public Operation {
    if (returnedNanos < invokedNanos) {
      throw new IllegalArgumentException(
          input + " of " + caller + " returned before it was invoked");
    }
  }

  @Override
  public String toString() {
    return "[" + caller + "] " + input + " -> " + outcome;
  }
}
