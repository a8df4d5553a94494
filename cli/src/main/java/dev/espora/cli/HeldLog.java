package dev.espora.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The log lines of children, held back while they start: of no interest if one of them ends then
 * and says why.
 */
final class HeldLog {
  /** Beyond this nobody reads them at once; the rest is printed as it comes. */
  private static final int LINES_MAX = 1000;

  private final PrintStream out;
  private final List<String> held = new ArrayList<>();
  private boolean released;

  HeldLog(PrintStream out) {
    this.out = out;
  }

  synchronized void line(String text) {
    if (released) {
      out.println(text);
    } else {
      held.add(text);
      if (held.size() > LINES_MAX) {
        release();
      }
    }
  }

  /** Prints what was held, and from now on everything. */
  synchronized void release() {
    released = true;
    held.forEach(out::println);
    held.clear();
  }
}
