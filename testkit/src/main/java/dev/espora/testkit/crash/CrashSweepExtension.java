package dev.espora.testkit.crash;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs tests with {@link CrashSweep} and {@link CrashAt}. */
final class CrashSweepExtension implements TestTemplateInvocationContextProvider {

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  /** Made one by one: how many there are is known once the first has run. */
  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    var once = AnnotationSupport.findAnnotation(context.getTestMethod(), CrashAt.class);
    Plan plan = Plan.fromProperties();
    if (once.isPresent()) {
      return Stream.of(new Run(once.get().value(), once.get().seed()));
    }
    if (plan.isReplay()) {
      return Stream.of(new Run(plan.only(), plan.seed()));
    }
    int most =
        AnnotationSupport.findAnnotation(context.getTestMethod(), CrashSweep.class)
            .map(CrashSweep::operations)
            .orElseThrow();
    Rounds rounds = new Rounds(context.getRequiredTestMethod().getName(), plan, most);
    return Stream.iterate(0L, round -> rounds.goesOn(round), round -> round + 1)
        .flatMap(rounds::round)
        .onClose(rounds::print);
  }

  /** A whole run and its crashes, and where a full sweep wants more of them, all over again. */
  private static final class Rounds {
    private final String name;
    private final Plan plan;
    private final long most;
    private @Nullable Run last;
    private long cuts;
    private long crashes;
    private long operations;

    Rounds(String name, Plan plan, int most) {
      this.name = name;
      this.plan = plan;
      this.most = (long) most * plan.factor();
    }

    boolean goesOn(long round) {
      return round == 0 || (plan.factor() > 1 && cuts < most);
    }

    Stream<TestTemplateInvocationContext> round(long round) {
      long seed = plan.seed() + round;
      Run whole = next(Long.MAX_VALUE, seed);
      return Stream.of(0, 1).flatMap(part -> part == 0 ? Stream.of(whole) : crashes(whole, seed));
    }

    private Stream<TestTemplateInvocationContext> crashes(Run whole, long seed) {
      operations = whole.crash.disk().crashPoints();
      int count = (int) Math.min(operations, most - cuts);
      cuts += Math.max(1, count);
      return Arrays.stream(Plan.sample(seed, Math.toIntExact(operations), count))
          .mapToObj(at -> next(at, seed));
    }

    /** The run before it has ended by now. */
    private Run next(long at, long seed) {
      count();
      Run run = new Run(at, seed);
      last = run;
      return run;
    }

    private void count() {
      crashes += last == null ? 0 : last.crash.crashes();
      last = null;
    }

    void print() {
      count();
      Plan.print(name, crashes, operations, plan.seed());
    }
  }

  /** One run of the test. */
  private static final class Run
      implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler {
    private final Crash crash;
    private final long seed;

    Run(long at, long seed) {
      this.crash = new Crash(at, Plan.seed(seed, at));
      this.seed = seed;
    }

    @Override
    public String getDisplayName(int invocation) {
      return crash.at() == Long.MAX_VALUE ? "without a crash" : "crash at " + crash.at();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Crash.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return crash;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable cause)
        throws Throwable {
      throw Plan.failure(
          crash,
          seed,
          context.getRequiredTestClass().getSimpleName(),
          context.getRequiredTestMethod().getName(),
          cause);
    }
  }
}
