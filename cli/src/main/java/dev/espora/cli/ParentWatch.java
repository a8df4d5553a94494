package dev.espora.cli;

import java.io.IOException;
import java.io.InputStream;

/** Lets a child process of {@code up} end when its parent is gone, even if that was killed. */
final class ParentWatch {
  /** Set for children: their standard input is a pipe from the parent. */
  static final String VARIABLE = "ESPORA_PARENT";

  private ParentWatch() {}

  static void begin(Lifetime lifetime) {
    if (System.getenv(VARIABLE) != null) {
      Thread watch = new Thread(() -> untilEnd(System.in, lifetime), "parent-watch");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private static void untilEnd(InputStream input, Lifetime lifetime) {
    try {
      while (input.read() >= 0) {
        // Nobody writes here; only the end matters.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    lifetime.stop();
  }
}
