package dev.espora.cli;

import java.nio.file.Path;
import java.util.Locale;

/** The services that the program can run. */
enum Service {
  BANK;

  Path defaultData() {
    return Path.of("data", toString());
  }

  /** As people write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
