package dev.espora.bench;

import dev.espora.bench.strategies.EngineLedger;
import dev.espora.bench.strategies.FileMutex;
import dev.espora.bench.strategies.Ledger;
import dev.espora.bench.strategies.PageLedger;
import dev.espora.db.Database;
import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One process's callers on the ledger. It warms up, says that it is ready, waits for the word,
 * runs, and answers with its {@link Result}.
 */
record LedgerWorker(Way way, Path directory, Load load, Duration warmup, Duration measured) {
  static final String NAME = "ledger";

  /** How the ledger is stored. */
  enum Way {
    ESPORA,
    /** The original's, with the lock that serves it best. */
    ORIGINAL,
    /** The original's, with the lock that Java offers. */
    ORIGINAL_RECORD_LOCK;

    Ledger open(Path directory) {
      return switch (this) {
        case ESPORA -> new EngineLedger(Database.open(directory));
        case ORIGINAL -> new PageLedger(Disk.local(), directory, FileMutex.Flock::new);
        case ORIGINAL_RECORD_LOCK ->
            new PageLedger(Disk.local(), directory, FileMutex.RecordLock::new);
      };
    }

    @Override
    public String toString() {
      return switch (this) {
        case ESPORA -> "espora";
        case ORIGINAL -> "original, flock";
        case ORIGINAL_RECORD_LOCK -> "original, FileChannel.lock";
      };
    }
  }

  /**
   * @param acknowledgedCents what was booked on each account, the warm-up included
   */
  record Result(Sample sample, List<Long> acknowledgedCents) {

    /** One line: the sample, then cents by account. */
    String format() {
      return sample.format()
          + " "
          + acknowledgedCents.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    static Result parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Result(
          Sample.parse(parts[0]), Stream.of(parts[1].split(",", -1)).map(Long::valueOf).toList());
    }
  }

  List<String> arguments() {
    return List.of(
        NAME,
        way.name(),
        directory.toString(),
        load.callers().name(),
        String.valueOf(load.threads()),
        String.valueOf(warmup.toMillis()),
        String.valueOf(measured.toMillis()));
  }

  static LedgerWorker parse(List<String> arguments) {
    return new LedgerWorker(
        Way.valueOf(arguments.get(0)),
        Path.of(arguments.get(1)),
        new Load(Callers.valueOf(arguments.get(2)), Integer.parseInt(arguments.get(3))),
        Duration.ofMillis(Long.parseLong(arguments.get(4))),
        Duration.ofMillis(Long.parseLong(arguments.get(5))));
  }

  void run(Child.Parent parent) throws IOException {
    try (Ledger ledger = way.open(directory)) {
      Bookings bookings = new Bookings(ledger);
      if (!warmup.isZero()) {
        load.run(warmup, bookings);
      }
      parent.send("ready");
      parent.await();
      Sample sample = load.run(measured, bookings);
      parent.send(new Result(sample, bookings.acknowledgedCents()).format());
    }
  }
}
