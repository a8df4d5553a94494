package dev.espora.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long until accounts with many transactions are there again, in a new process. */
record NodesRestart(Settings settings, NodesSettings nodes, Path directory) {
  private static final List<Kept> SIDES = List.of(Kept.FILE, Kept.ONE_NODE);

  /** A rough guess, for the start of a JVM as well. */
  private static final Duration STEP = Duration.ofSeconds(4);

  private static final int FILLED_PER_SECOND = 20_000;

  /** Written before each ending. */
  private static final Duration WRITES = Duration.ofMillis(200);

  /** How a process ends. */
  private enum Ending {
    CLOSE("closed"),
    KILL("killed while writing");

    private final String text;

    Ending(String text) {
      this.text = text;
    }
  }

  void run(PrintStream out) {
    int steps = SIDES.size() * Ending.values().length * settings.rounds();
    Duration filling = Duration.ofSeconds(nodes.commands() / FILLED_PER_SECOND);
    Progress progress =
        Progress.begin(
            out,
            settings,
            steps,
            STEP.multipliedBy(steps).plus(filling.multipliedBy(steps / settings.rounds())));
    List<String> notes = new ArrayList<>();
    notes.add(
        "From opening the database to the states of all accounts, in a new JVM, without the start of"
            + " the JVM itself; the files are still in the page cache.");
    List<Side<Double>> sides = new ArrayList<>();
    for (Kept kept : SIDES) {
      for (Ending ending : Ending.values()) {
        try {
          fill(kept, ending);
          sides.add(new Side<>(name(kept, ending), () -> reopen(kept, ending)));
        } catch (IllegalStateException e) {
          notes.add(name(kept, ending) + ": absent, " + e.getMessage());
        }
      }
    }
    Table table = table(Comparison.run(sides, settings.rounds(), progress), sides);
    progress.end();
    new Report("nodes restart", table, notes).print(out, settings);
  }

  private static String name(Kept kept, Ending ending) {
    return kept + ", " + ending.text;
  }

  private Table table(Comparison<Double> comparison, List<Side<Double>> sides) {
    Table table =
        new Table()
            .column("kept by", 0)
            .column("transactions", 0)
            .column("ms", 0)
            .column("min", 0)
            .column("max", 0);
    for (Side<Double> side : sides) {
      Spread millis = comparison.spread(side.name(), Double::doubleValue);
      table.row(side.name(), nodes.commands(), millis.median(), millis.min(), millis.max());
    }
    return table;
  }

  private NodesStack start(Kept kept, Ending ending) {
    return NodesStack.start(
        kept.nodes(),
        directory.resolve(kept.name() + "-" + ending.name()),
        nodes.program().map(NodesSettings.Program::home));
  }

  private void fill(Kept kept, Ending ending) {
    try (NodesStack stack = start(kept, ending)) {
      stack.fill(nodes.commands());
      end(stack, ending);
    }
  }

  /** Returns milliseconds. */
  private double reopen(Kept kept, Ending ending) {
    try (NodesStack stack = start(kept, ending)) {
      double millis = stack.readyNanos() / 1e6;
      long records = stack.records();
      // Hardly any debit is refused where credits are twice as many, but the first ones may be.
      if (records < nodes.commands() * 0.9) {
        throw new IllegalStateException(
            "%s has %d of %d transactions"
                .formatted(name(kept, ending), records, nodes.commands()));
      }
      end(stack, ending);
      return millis;
    }
  }

  private static void end(NodesStack stack, Ending ending) {
    if (ending == Ending.CLOSE) {
      var _ = stack.book(Callers.VIRTUAL, 64, WRITES.toMillis());
      stack.end();
      return;
    }
    stack.goOn();
    try {
      Thread.sleep(WRITES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    stack.kill();
  }
}
