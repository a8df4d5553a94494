package dev.espora.db.disk;

import java.io.IOException;
import java.io.Serial;

/** A system call that failed, with the reason. */
public final class DiskException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /** What kind of failure it was. */
  public enum Reason {
    /** No room, a quota, or no file descriptors left: may go away. */
    EXHAUSTED,
    /** Not allowed, or a read-only file system. */
    DENIED,
    /** Anything else. */
    FAILED
  }

  private final Reason reason;

  public DiskException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
