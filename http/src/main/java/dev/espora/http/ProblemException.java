package dev.espora.http;

import java.io.Serial;

/** Ends a request with a {@link Problem}. It is an answer, not a fault: it has no stack trace. */
public final class ProblemException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.status() + " " + problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
