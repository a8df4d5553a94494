package dev.espora.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long it takes to open a partition with many records, until its first state is there: after a
 * clean close and after a kill in the middle of writing, in a JVM that has just started and in one
 * that did it before.
 */
public final class ReopenBench {
  static final String FILL = "fill";
  static final String REOPEN = "reopen";

  /** As many records as the figures to reach speak of. */
  public static final int RECORDS = 1_000_000;

  /** Opens in one JVM: the first is cold, the others warm. */
  private static final int OPENS = 4;

  /** A rough guess: copying the files takes the most of it. */
  private static final Duration STEP = Duration.ofSeconds(4);

  private static final Load WRITERS = new Load(Callers.VIRTUAL, 256);

  /** Written beside the records that the kill is aimed at. */
  private static final Duration KILL_AFTER = Duration.ofMillis(100);

  private ReopenBench() {}

  /** Runs it with {@link #RECORDS} and prints what it found. */
  public static void run(Settings settings, PrintStream out) {
    run(settings, RECORDS, out);
  }

  static void run(Settings settings, int records, PrintStream out) {
    int steps = 2 + 2 * settings.rounds();
    Progress progress = Progress.begin(out, settings, steps, STEP.multipliedBy(steps));
    Table table =
        new Table()
            .column("closed by", 0)
            .column("JVM", 0)
            .column("records", 0)
            .column("ms", 1)
            .column("min", 1)
            .column("max", 1);
    try (Workplace workplace = Workplace.in(settings.directory())) {
      for (Ending ending : Ending.values()) {
        progress.step("writing " + records + " records, then " + ending);
        Path filled = workplace.resolve(ending.name());
        write(filled, records, ending);
        measure(ending, filled, records, settings, progress, table);
        Workplace.delete(filled);
      }
    }
    progress.end();
    new Report(
            "reopen",
            table,
            List.of(
                "From Database.open to the first state. Each open has a synced copy of the same"
                    + " directory, which is still in the page cache.",
                "Cold: the first open of a new JVM, without the start of the JVM itself."))
        .print(out, settings);
  }

  /** How the writer's process ends. */
  private enum Ending {
    CLOSE,
    KILL;

    @Override
    public String toString() {
      return this == CLOSE ? "close" : "kill";
    }
  }

  private static void write(Path directory, int records, Ending ending) {
    try (ChildJvm child =
        ChildJvm.start(
            List.of(FILL, directory.toString(), String.valueOf(records), ending.name()))) {
      var _ = child.receive();
      if (ending == Ending.KILL) {
        Thread.sleep(KILL_AFTER);
        child.kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** In the child: writes, and if it is to be killed goes on writing. */
  static void fill(List<String> arguments, Child.Parent parent) throws IOException {
    int records = Integer.parseInt(arguments.get(1));
    Ending ending = Ending.valueOf(arguments.get(2));
    try (EngineLog log = new EngineLog(Path.of(arguments.get(0)))) {
      append(log, records);
      if (ending == Ending.KILL) {
        parent.send("acknowledged");
        append(log, Integer.MAX_VALUE);
      }
    }
    parent.send("closed");
    parent.await();
  }

  private static void append(EngineLog log, int records) {
    AtomicInteger left = new AtomicInteger(records);
    WRITERS.each(() -> {
      while (left.getAndDecrement() > 0) {
        log.append();
      }
    });
  }

  private static void measure(
      Ending ending, Path filled, int records, Settings settings, Progress progress, Table table) {
    List<Double> cold = new ArrayList<>();
    List<Double> warm = new ArrayList<>();
    for (int round = 0; round < settings.rounds(); round++) {
      progress.step("opening after " + ending + ", round " + (round + 1));
      List<Double> millis = openCopies(filled, records);
      cold.add(millis.getFirst());
      warm.addAll(millis.subList(1, millis.size()));
    }
    row(table, ending, "cold", records, cold);
    row(table, ending, "warm", records, warm);
  }

  private static void row(
      Table table, Ending ending, String jvm, int records, List<Double> millis) {
    Spread spread = Spread.of(millis.stream().mapToDouble(Double::doubleValue).toArray());
    table.row(ending.toString(), jvm, records, spread.median(), spread.min(), spread.max());
  }

  /** One child opens as many copies as {@link #OPENS}; returns the milliseconds of each. */
  private static List<Double> openCopies(Path filled, int records) {
    List<Path> copies = new ArrayList<>();
    List<String> arguments = new ArrayList<>(List.of(REOPEN));
    for (int i = 0; i < OPENS; i++) {
      Path copy = filled.resolveSibling("copy-" + i);
      Workplace.copy(filled, copy);
      copies.add(copy);
      arguments.add(copy.toString());
    }
    List<Double> millis = new ArrayList<>();
    try (ChildJvm child = ChildJvm.start(arguments)) {
      for (Path copy : copies) {
        String[] answer = child.receive().split(" ", -1);
        long found = Long.parseLong(answer[1]);
        if (found < records) {
          throw new IllegalStateException(
              "%s has %d records, but %d were acknowledged".formatted(copy, found, records));
        }
        millis.add(Long.parseLong(answer[0]) / 1e6);
      }
    }
    copies.forEach(Workplace::delete);
    return millis;
  }

  /** In the child: opens each directory and answers with nanoseconds and records. */
  static void reopen(List<String> arguments, Child.Parent parent) {
    for (String directory : arguments) {
      long start = System.nanoTime();
      try (EngineLog log = new EngineLog(Path.of(directory))) {
        long records = log.records();
        parent.send((System.nanoTime() - start) + " " + records);
      }
    }
  }
}
