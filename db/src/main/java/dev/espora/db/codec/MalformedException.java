package dev.espora.db.codec;

import java.io.Serial;

/** Bytes that no encoder of this schema wrote. */
public final class MalformedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public MalformedException(String message) {
    super(message);
  }
}
