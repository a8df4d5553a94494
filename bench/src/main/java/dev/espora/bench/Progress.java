package dev.espora.bench;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;

/** Says how far a benchmark is, where a person looks on. */
final class Progress {
  private static final String ERASE_LINE = "\r\033[K";

  private final PrintStream out;
  private final int steps;
  private final boolean visible;
  private int step;

  private Progress(PrintStream out, int steps, boolean visible) {
    this.out = out;
    this.steps = steps;
    this.visible = visible;
  }

  /** States how long it will take, and shows each step if this process has a terminal. */
  static Progress begin(PrintStream out, Settings settings, int steps, Duration expected) {
    if (settings.output() == Settings.Output.JSON) {
      return new Progress(out, steps, false);
    }
    out.printf(
        "About %d min %02d s, in %d steps: %d rounds, all sides in turns.%n",
        expected.toMinutes(), expected.toSecondsPart(), steps, settings.rounds());
    return new Progress(out, steps, isTerminal());
  }

  /** For one load of a stated length: a step for each of its seconds. */
  static Progress ofSeconds(PrintStream out, Settings.Output output, Duration length) {
    int steps = Math.toIntExact(Math.max(1, length.toSeconds()));
    if (output == Settings.Output.JSON) {
      return new Progress(out, steps, false);
    }
    out.printf("About %d min %02d s of load.%n", length.toMinutes(), length.toSecondsPart());
    return new Progress(out, steps, isTerminal());
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  void step(String what) {
    step++;
    if (visible) {
      out.printf("%s[%d/%d] %s", ERASE_LINE, step, Math.max(step, steps), what);
      out.flush();
    }
  }

  void end() {
    if (visible) {
      out.print(ERASE_LINE);
      out.flush();
    }
  }
}
