package dev.espora.db;

import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How hard Lincheck tries: a few seconds in all, or longer with {@code
 * -Despora.lincheck.invocations=20000}.
 */
public final class Lincheck {
  private static final int INVOCATIONS = Integer.getInteger("espora.lincheck.invocations", 200);

  private Lincheck() {}

  /** Three threads with three operations each. */
  @SuppressWarnings("exports") // tests alone see it
  public static StressOptions options() {
    return new StressOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(20)
        .invocationsPerIteration(INVOCATIONS);
  }
}
