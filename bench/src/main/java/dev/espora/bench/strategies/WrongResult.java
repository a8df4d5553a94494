package dev.espora.bench.strategies;

import java.io.Serial;

/** A strategy answered or stored something else than it had to. */
public final class WrongResult extends IllegalStateException {
  @Serial private static final long serialVersionUID = 1;

  WrongResult(String message) {
    super(message);
  }
}
