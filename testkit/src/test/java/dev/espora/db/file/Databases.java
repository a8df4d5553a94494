package dev.espora.db.file;

import dev.espora.db.Database;
import dev.espora.db.Decision;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.db.Partition;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.testkit.disk.SimulatedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Databases on simulated disks for the tests of the tools. */
final class Databases {
  static final Path DIRECTORY = Path.of("/data");
  static final Path PARTITIONS = DIRECTORY.resolve("partitions");

  record Row(long number, byte[] padding) {}

  /** The sum of all numbers, and how many there were. */
  record Sum(long sum, long count) {}

  record Added(long number, byte[] padding) {}

  /** Adds numbers up. */
  record Adder() implements StateMachine<Sum, Added, Added, Sum> {
    @Override
    public Sum initial() {
      return new Sum(0, 0);
    }

    @Override
    public Decision<Added, Sum> decide(Sum state, Added command) {
      return Decision.accept(command, evolve(state, command));
    }

    @Override
    public Sum evolve(Sum state, Added event) {
      return new Sum(state.sum + event.number, state.count + 1);
    }

    @Override
    public Codec<Added> eventCodec() {
      return Codec.of(Added.class);
    }

    @Override
    public Codec<Sum> stateCodec() {
      return Codec.of(Sum.class);
    }
  }

  private Databases() {}

  static Database open(SimulatedDisk disk) {
    return open(disk, DIRECTORY);
  }

  static Database open(SimulatedDisk disk, Path directory) {
    return Database.open(disk.medium(directory), Options.DEFAULTS);
  }

  static DatabaseTools tools(SimulatedDisk disk) {
    return new FileTools(disk.disk(), DIRECTORY);
  }

  /** Appends rows with numbers from {@code first} on, several to a batch now and then. */
  static void append(Database db, long first, int count, int bytes) {
    Log<Row> log = db.log("rows", Row.class);
    List<CompletableFuture<?>> pending = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Row row = new Row(first + i, padding(first + i, bytes));
      pending.add(log.appendAsync(row));
      if (i % 7 == 0) {
        pending.forEach(CompletableFuture::join);
        pending.clear();
      }
    }
    pending.forEach(CompletableFuture::join);
  }

  static void add(Database db, long first, int count, int bytes) {
    Partition<Sum, Added, Sum> adder = db.partition("adder", new Adder());
    for (int i = 0; i < count; i++) {
      adder.submit(new Added(first + i, padding(first + i, bytes)));
    }
  }

  private static byte[] padding(long number, int bytes) {
    byte[] padding = new byte[bytes];
    new java.util.Random(number).nextBytes(padding);
    return padding;
  }

  static List<Long> numbers(Database db) {
    try (Stream<Row> rows = db.log("rows", Row.class).rows()) {
      return rows.map(Row::number).toList();
    }
  }

  /**
   * A log in two segments with a snapshot, and a machine whose log was released up to a snapshot;
   * closed in order.
   */
  static SimulatedDisk closed() {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = open(disk)) {
      append(db, 0, 60, 1_500);
      add(db, 0, 100, 700);
    }
    try (Database db = open(disk)) {
      append(db, 60, 20, 300);
      add(db, 100, 20, 700);
    }
    return disk;
  }

  /**
   * As {@link #closed}, with fewer bytes: the machine's one segment is longer than its capacity,
   * since a single batch is, and its snapshot stands at the end.
   */
  static SimulatedDisk closedSmall() {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = open(disk)) {
      append(db, 0, 60, 1_500);
      add(db, 0, 1, 66_000);
    }
    try (Database db = open(disk)) {
      append(db, 60, 20, 300);
    }
    return disk;
  }
}
