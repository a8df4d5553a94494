package dev.espora.bench;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Are the syncs real? Counts the system calls {@code fsync} and {@code fdatasync} of a process in
 * which one thread appends: there must be one for each record that was acknowledged. Needs {@code
 * strace}.
 */
public final class SyncCheck {
  static final String APPEND = "append";

  private static final int FEW = 100;
  private static final int MANY = 600;

  private SyncCheck() {}

  /** Runs it and prints what it found, or why nothing was checked. */
  public static void run(Settings settings, PrintStream out) {
    Table table =
        new Table().column("side", 0).column("records", 0).column("syncs", 0).column("verdict", 0);
    try (Workplace workplace = Workplace.in(settings.directory())) {
      for (EngineBench.Contender side : EngineBench.Contender.values()) {
        check(side, workplace, table);
      }
    }
    new Report(
            "syncs",
            table,
            List.of(
                "The difference between a process that appends %d records and one that appends %d,"
                        .formatted(MANY, FEW)
                    + " one after another, so that what opening and closing sync is left out."))
        .print(out, settings);
  }

  private static void check(EngineBench.Contender side, Workplace workplace, Table table) {
    Optional<Path> strace = installed("strace");
    if (strace.isEmpty()) {
      table.row(side.toString(), MANY - FEW, Double.NaN, "not checked: strace is not installed");
      return;
    }
    try {
      long syncs =
          count(strace.get(), side, MANY, workplace) - count(strace.get(), side, FEW, workplace);
      String verdict = syncs >= MANY - FEW ? "every record was synced" : "SYNCS ARE MISSING";
      table.row(side.toString(), MANY - FEW, syncs, verdict);
    } catch (IllegalStateException e) {
      table.row(side.toString(), MANY - FEW, Double.NaN, "not checked: " + e.getMessage());
    }
  }

  private static long count(
      Path strace, EngineBench.Contender side, int records, Workplace workplace) {
    Path counted = workplace.resolve(side + "-" + records + ".strace");
    Path files = workplace.resolve(side + "-" + records);
    List<String> tracer =
        List.of(
            strace.toString(), "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", counted.toString());
    try (ChildJvm child =
        ChildJvm.startUnder(
            tracer, List.of(APPEND, side.name(), files.toString(), String.valueOf(records)))) {
      var _ = child.receive();
      child.await();
    }
    return calls(counted);
  }

  /** Adds up the calls in a summary that {@code strace -c} wrote. */
  static long calls(Path summary) {
    try (Stream<String> lines = Files.lines(summary)) {
      // % time, seconds, µs per call, calls, errors if there are any, name
      return lines
          .map(line -> line.strip().split("\\s+", -1))
          .filter(columns -> columns.length >= 5 && columns[columns.length - 1].endsWith("sync"))
          .mapToLong(columns -> Long.parseLong(columns[3]))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the child. */
  static void append(List<String> arguments, Child.Parent parent) {
    int records = Integer.parseInt(arguments.get(2));
    try (AppendLog log =
        EngineBench.Contender.valueOf(arguments.get(0)).open(Path.of(arguments.get(1)))) {
      for (int i = 0; i < records; i++) {
        log.append();
      }
    }
    parent.send("done");
  }

  /** Where a program is on the PATH. */
  static Optional<Path> installed(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
