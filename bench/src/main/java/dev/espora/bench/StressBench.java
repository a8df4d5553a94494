package dev.espora.bench;

import dev.espora.bench.peers.Entries;
import dev.espora.db.Database;
import dev.espora.db.Store;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A store that is overwritten again and again in a small heap: whether it completes, what it takes
 * on disk meanwhile beside what is current in it, and how long it takes to open it then.
 */
public final class StressBench {
  static final String OVERWRITE = "overwrite";
  static final String OPEN = "open";

  private static final String HEAP = "-Xmx256m";
  private static final int OVERWRITES_PER_ENTRY = 10;

  /** Puts under way at a time. */
  private static final int TOGETHER = 10_000;

  /** A lone put is a commit of its own, with a mark of so many bytes in front. */
  private static final int MARK_BYTES = 36;

  private static final int OPENS = 4;
  private static final Duration EXPECTED = Duration.ofMinutes(2);

  private StressBench() {}

  /** Runs it with so many entries and prints what it found. */
  public static void run(Settings settings, int entries, PrintStream out) {
    Progress progress = Progress.begin(out, settings, 2, EXPECTED);
    Table table =
        new Table()
            .column("entries", 0)
            .column("overwrites", 0)
            .column("seconds", 1)
            .column("puts/s", 0)
            .column("current MB", 1)
            .column("most disk MB", 1)
            .column("disk MB", 1)
            .column("disk / current", 2)
            .column("first open ms", 0)
            .column("next ms", 1);
    try (Workplace workplace = Workplace.in(settings.directory())) {
      Path directory = workplace.resolve("store");
      progress.step("overwriting " + entries + " entries");
      String[] written;
      try (ChildJvm child =
          ChildJvm.startInHeap(
              HEAP, List.of(OVERWRITE, directory.toString(), String.valueOf(entries)))) {
        written = child.receive().split(" ", -1);
        child.await();
      }
      progress.step("opening");
      List<Double> opens = new ArrayList<>();
      try (ChildJvm child = ChildJvm.startInHeap(HEAP, List.of(OPEN, directory.toString()))) {
        for (int i = 0; i < OPENS; i++) {
          opens.add(Double.valueOf(child.receive()));
        }
      }
      progress.end();
      double seconds = Double.parseDouble(written[0]);
      double current = Double.parseDouble(written[1]);
      double disk = bytes(directory);
      int overwrites = OVERWRITES_PER_ENTRY * entries;
      table.row(
          entries,
          overwrites,
          seconds,
          overwrites / seconds,
          current / 1e6,
          Double.parseDouble(written[2]) / 1e6,
          disk / 1e6,
          disk / current,
          opens.getFirst(),
          opens.getLast());
    }
    new Report(
            "stress",
            table,
            List.of(
                "Values of 128 bytes, overwritten at random by asynchronous puts, " + HEAP + ".",
                "Current: what the newest events of the entries take in the log. Most disk: sizes of"
                    + " all files, empty rests of segments included, looked at after every "
                    + TOGETHER
                    + " puts; at rest it is without the second of two snapshots."))
        .print(out, settings);
  }

  /** In the child: loads, overwrites, and answers with seconds, current bytes and most bytes. */
  static void overwrite(List<String> arguments, Child.Parent parent) {
    Path directory = Path.of(arguments.get(0));
    Entries entries = new Entries(Integer.parseInt(arguments.get(1)));
    long most = 0;
    String answer;
    try (Database database = Database.open(directory)) {
      Store<String, byte[]> store = database.store("bench", String.class, byte[].class);
      for (int first = 0; first < entries.count(); first += TOGETHER) {
        int from = first;
        put(store, entries, Math.min(TOGETHER, entries.count() - first), n -> from + n);
      }
      long start = System.nanoTime();
      for (int round = 0; round < OVERWRITES_PER_ENTRY * entries.count() / TOGETHER; round++) {
        put(store, entries, TOGETHER, _ -> ThreadLocalRandom.current().nextInt(entries.count()));
        most = Math.max(most, bytes(directory));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      answer = seconds + " " + (double) currentBytes(store, entries) + " " + (double) most;
    }
    parent.send(answer);
  }

  private static void put(
      Store<String, byte[]> store, Entries entries, int count, IntUnaryOperator key) {
    CompletableFuture.allOf(
            IntStream.range(0, count)
                .mapToObj(n -> store.async().put(entries.key(key.applyAsInt(n)), entries.value(n)))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  /** All entries are as long as each other. */
  private static long currentBytes(Store<String, byte[]> store, Entries entries) {
    long one = Long.MAX_VALUE;
    long before = store.put(entries.key(0), entries.value(0)).result();
    for (int i = 0; i < 10; i++) { // compaction may write in between
      long next = store.put(entries.key(0), entries.value(0)).result();
      one = Math.min(one, next - before - MARK_BYTES);
      before = next;
    }
    return one * entries.count();
  }

  /** In the child: opens and reads one entry, again and again, and answers with milliseconds. */
  static void open(List<String> arguments, Child.Parent parent) {
    for (int i = 0; i < OPENS; i++) {
      long start = System.nanoTime();
      try (Database database = Database.open(Path.of(arguments.getFirst()))) {
        var store = database.store("bench", String.class, byte[].class);
        if (store.read(new Entries(1).key(0)).isEmpty()) {
          throw new IllegalStateException("an entry is missing");
        }
        parent.send(String.valueOf((System.nanoTime() - start) / 1e6));
      }
    }
  }

  private static long bytes(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.mapToLong(StressBench::size).sum();
    } catch (UncheckedIOException e) {
      return 0; // a file was deleted while it was looked for
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
