package dev.espora.db.codec;

import java.io.Serial;

/**
 * Stored values that cannot become values of the type asked for. The message is one sentence that
 * names the field.
 */
public final class IncompatibleException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public IncompatibleException(String message) {
    super(message);
  }
}
