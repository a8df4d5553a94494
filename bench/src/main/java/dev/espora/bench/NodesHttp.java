package dev.espora.bench;

import dev.espora.bench.NodesTable.Round;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Transactions through HTTP and the balancer of {@code espora up bank}. */
record NodesHttp(Settings settings, NodesSettings nodes, Path directory) {

  void run(PrintStream out, Unwinding unwinding) {
    NodesTable table = new NodesTable();
    if (nodes.program().isEmpty()) {
      table.note("Skipped: it needs the packaged program; run ./espora");
      table.rates("nodes http").print(out, settings);
      return;
    }
    int cells = Kept.values().length * settings.threads().size();
    Duration cell = settings.warmup().plus(settings.measured().multipliedBy(settings.rounds()));
    Progress progress =
        Progress.begin(out, settings, cells * settings.rounds(), cell.multipliedBy(cells));
    table.note(
        "POST /clientes/{id}/transacoes, two credits to one debit on one of five accounts, through"
            + " kept connections that the balancer deals out to the instances in turns.");
    table.note(
        "CPU is that of the balancer and the instances. The load is made by one thread of this"
            + " process, on the same processors.");
    Map<Kept, RinhaStack> stacks = new EnumMap<>(Kept.class);
    unwinding.onSignal(() -> stacks.values().forEach(RinhaStack::close));
    try {
      for (Kept side : Kept.values()) {
        RinhaStack stack = RinhaStack.start(command(side), environment());
        stacks.put(side, stack);
        table.idle(side, stack.residentMegabytes());
      }
      for (int connections : settings.threads()) {
        measure(connections, stacks, progress, table);
      }
      stacks.forEach((side, stack) -> table.loaded(side, stack.residentMegabytes()));
    } finally {
      stacks.values().forEach(RinhaStack::close);
    }
    progress.end();
    table.rates("nodes http").print(out, settings);
    table.memory("nodes http").print(out, settings);
  }

  private Map<String, String> environment() {
    return nodes.program().map(NodesSettings.Program::environment).orElse(Map.of());
  }

  private List<String> command(Kept side) {
    List<String> command = new ArrayList<>(nodes.program().orElseThrow().command());
    command.addAll(List.of("up", "bank", "--port", "0", "--console", "off"));
    command.addAll(List.of("--data", directory.resolve(side.name()).toString()));
    command.addAll(List.of("--instances", "1", "--nodes", String.valueOf(side.nodes())));
    return command;
  }

  private void measure(
      int connections, Map<Kept, RinhaStack> stacks, Progress progress, NodesTable table) {
    List<Side<Round>> sides = new ArrayList<>();
    stacks.forEach((side, stack) -> {
      HttpLoad load = new HttpLoad(URI.create(stack.url()), connections);
      if (!settings.warmup().isZero()) {
        var _ = load.run(settings.warmup());
      }
      sides.add(new Side<>(side.toString(), () -> round(stack, load)));
    });
    table.add(
        Comparison.run(sides, settings.rounds(), progress),
        List.copyOf(stacks.keySet()),
        "connections",
        connections);
  }

  private Round round(RinhaStack stack, HttpLoad load) {
    double cpu = stack.cpuSeconds();
    Sample sample = load.run(settings.measured());
    return new Round(Figures.of(sample), (stack.cpuSeconds() - cpu) * 1e6 / sample.operations());
  }
}
