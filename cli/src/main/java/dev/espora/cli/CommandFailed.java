package dev.espora.cli;

import java.io.Serial;

/** What was asked for cannot be done; the message is the one line that people get. Exit code 1. */
final class CommandFailed extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  CommandFailed(String message) {
    super(message, null, false, false);
  }
}
