package dev.espora.testkit.disk;

import java.io.IOException;
import java.io.Serial;

/** What every operation of a process fails with once its power is cut or it was killed. */
public final class PowerCut extends IOException {
  @Serial private static final long serialVersionUID = 1;

  PowerCut(String message) {
    super(message);
  }

  /** Thousands of them are thrown in a sweep, and nobody looks at where. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
