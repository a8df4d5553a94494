package dev.espora.bench;

import dev.espora.bench.NodesTable.Round;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Transactions by callers inside of the processes that keep the accounts. */
record NodesCommands(Settings settings, NodesSettings nodes, Path directory) {

  void run(PrintStream out, Unwinding unwinding) {
    int cells = Kept.values().length * settings.callers().size() * settings.threads().size();
    Duration cell = settings.warmup().plus(settings.measured().multipliedBy(settings.rounds()));
    Progress progress =
        Progress.begin(out, settings, cells * settings.rounds(), cell.multipliedBy(cells));
    NodesTable table = new NodesTable();
    table.note(
        "Callers wait for each transaction, on one of five accounts at random. Three nodes are three"
            + " processes on this machine, each with a third of the callers.");
    table.note(
        "CPU is what those processes took, callers included. After each round every balance, through"
            + " every node, was the sum of what was acknowledged.");
    Map<Kept, NodesStack> stacks = new EnumMap<>(Kept.class);
    unwinding.onSignal(() -> stacks.values().forEach(NodesStack::kill));
    try {
      start(stacks, table);
      for (Callers callers : settings.callers()) {
        for (int inFlight : settings.threads()) {
          measure(callers, inFlight, stacks, progress, table);
        }
      }
      stacks.forEach((side, stack) -> table.loaded(side, stack.residentMegabytes()));
    } finally {
      stacks.values().forEach(NodesStack::close);
    }
    progress.end();
    table.rates("nodes").print(out, settings);
    table.memory("nodes").print(out, settings);
  }

  private void start(Map<Kept, NodesStack> stacks, NodesTable table) {
    for (Kept side : Kept.values()) {
      try {
        Path own = directory.resolve(side.name());
        NodesStack stack =
            NodesStack.start(side.nodes(), own, nodes.program().map(NodesSettings.Program::home));
        stacks.put(side, stack);
        table.idle(side, stack.residentMegabytes());
      } catch (IllegalStateException e) {
        table.note(side + ": absent, " + e.getMessage());
      }
    }
  }

  private void measure(
      Callers callers,
      int inFlight,
      Map<Kept, NodesStack> stacks,
      Progress progress,
      NodesTable table) {
    List<Side<Round>> sides = new ArrayList<>();
    stacks.forEach((side, stack) -> {
      if (!settings.warmup().isZero()) {
        var _ = stack.book(callers, inFlight, settings.warmup().toMillis());
      }
      sides.add(new Side<>(side.toString(), () -> round(stack, callers, inFlight)));
    });
    table.add(
        Comparison.run(sides, settings.rounds(), progress),
        List.copyOf(stacks.keySet()),
        callers.toString(),
        inFlight);
  }

  private Round round(NodesStack stack, Callers callers, int inFlight) {
    double cpu = stack.cpuSeconds();
    List<Sample> samples = stack.book(callers, inFlight, settings.measured().toMillis());
    double used = stack.cpuSeconds() - cpu;
    stack.check();
    Figures figures = Figures.together(samples);
    long operations = samples.stream().mapToLong(Sample::operations).sum();
    return new Round(figures, used * 1e6 / operations);
  }
}
