package dev.espora.testkit.crash;

/**
 * Cuts the power at the operations of a workload, one after another, and looks at what is left each
 * time.
 *
 * <pre>{@code
 * Sweep.of("transfers", 500).run(crash -> {
 *   crash.during(db -> ...);
 *   crash.after(db -> ...);
 * });
 * }</pre>
 *
 * <p>The test is run once without a cut, to count the operations, and then for each of them, or for
 * a random sample where that would be more crashes than wanted; where it would be fewer, all over
 * again with other random numbers. {@code -Despora.sweep=full} wants a hundred times as many,
 * {@code -Despora.seed} and {@code -Despora.crash.at} repeat one.
 */
public final class Sweep {
  private final String name;
  private final long wanted;
  private long crashes;
  private long operations;

  private Sweep(String name, long wanted) {
    this.name = name;
    this.wanted = wanted;
  }

  /**
   * A sweep that is to be run.
   *
   * @param name for the line that is printed at the end
   * @param crashes how many are wanted, in the normal build
   */
  public static Sweep of(String name, int crashes) {
    return new Sweep(name, crashes);
  }

  /** A test of one crash. */
  @FunctionalInterface
  public interface Test {
    void run(Crash crash) throws Exception;
  }

  /**
   * Runs the test for each crash.
   *
   * @throws AssertionError with the seed, the crash point and a command that repeats it, where one
   *     fails
   */
  public void run(Test test) {
    StackWalker.StackFrame caller =
        StackWalker.getInstance().walk(frames -> frames.skip(1).findFirst().orElseThrow());
    Plan plan = Plan.fromProperties();
    String type = caller.getClassName();
    Runner runner =
        new Runner(test, type.substring(type.lastIndexOf('.') + 1), caller.getMethodName());
    if (plan.isReplay()) {
      runner.run(plan.seed(), plan.only());
    } else {
      runner.sweep(plan);
    }
    Plan.print(name, crashes, operations, plan.seed());
  }

  private final class Runner {
    private final Test test;
    private final String type;
    private final String method;

    Runner(Test test, String type, String method) {
      this.test = test;
      this.type = type;
      this.method = method;
    }

    void sweep(Plan plan) {
      long budget = wanted * plan.factor();
      for (long round = plan.seed(); crashes < budget; round++) {
        long before = crashes;
        operations = run(round, Long.MAX_VALUE);
        long each = Math.max(1, crashes - before);
        int count = (int) Math.min(operations, (budget - crashes) / each + 1);
        for (int at : Plan.sample(round, Math.toIntExact(operations), count)) {
          var _ = run(round, at);
        }
      }
    }

    /** How many crash points there were. */
    long run(long round, long at) {
      Crash crash = new Crash(at, Plan.seed(round, at));
      try {
        test.run(crash);
      } catch (Exception | Error e) {
        throw Plan.failure(crash, round, type, method, e);
      }
      crashes += crash.crashes();
      return crash.disk().crashPoints();
    }
  }
}
