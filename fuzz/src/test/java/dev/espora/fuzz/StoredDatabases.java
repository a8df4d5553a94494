package dev.espora.fuzz;

import dev.espora.db.Database;
import dev.espora.db.Decision;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.db.Partition;
import dev.espora.db.StateMachine;
import dev.espora.db.Store;
import dev.espora.db.codec.Codec;
import dev.espora.db.file.FileMedium;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Databases that were closed in order, and what has to be read from them. */
final class StoredDatabases {
  static final Path DIRECTORY = Path.of("/data");

  private static final Options OPTIONS = Options.DEFAULTS.withClock(() -> Instant.EPOCH);

  record Row(int number, String text) {}

  /** What kind of partition a database holds, with its only way to be read. */
  enum Kind {
    LOG,
    STORE,
    MACHINE
  }

  /** Adds numbers up. */
  record Adder() implements StateMachine<Row, Row, Row, Row> {
    @Override
    public Row initial() {
      return new Row(0, "");
    }

    @Override
    public Decision<Row, Row> decide(Row state, Row command) {
      return Decision.accept(command, evolve(state, command));
    }

    @Override
    public Row evolve(Row state, Row event) {
      return new Row(state.number + event.number, event.text);
    }

    @Override
    public Codec<Row> eventCodec() {
      return Codec.of(Row.class);
    }

    @Override
    public Codec<Row> stateCodec() {
      return Codec.of(Row.class);
    }
  }

  private StoredDatabases() {}

  static Database open(MapDisk disk) {
    return Database.open(new FileMedium(disk, DIRECTORY), OPTIONS);
  }

  static MapDisk written(Kind kind) {
    MapDisk disk = new MapDisk();
    try (Database db = open(disk)) {
      switch (kind) {
        case LOG -> {
          Log<Row> log = log(db);
          for (int i = 0; i < 120; i++) {
            log.append(new Row(i, "row ".repeat(3 * i)));
          }
        }
        case STORE -> {
          Store<String, Row> store = store(db);
          for (int i = 0; i < 150; i++) {
            store.put("key " + i % 90, new Row(i, "row ".repeat(2 * i)));
          }
          store.compact();
          store.delete("key 3");
        }
        case MACHINE -> {
          Partition<Row, Row, Row> adder = adder(db);
          for (int i = 0; i < 40; i++) {
            adder.submit(new Row(i, "row ".repeat(30 * i)));
          }
        }
      }
    }
    if (disk.files().stream().noneMatch(file -> file.toString().endsWith(".snapshot"))) {
      throw new IllegalStateException(kind + " has no snapshot to damage");
    }
    return disk;
  }

  private static Log<Row> log(Database db) {
    return db.log("rows", Row.class);
  }

  private static Store<String, Row> store(Database db) {
    return db.store("things", String.class, Row.class);
  }

  private static Partition<Row, Row, Row> adder(Database db) {
    return db.partition("adder", new Adder());
  }

  /** Everything that is in a database. */
  static List<Object> read(MapDisk disk, Kind kind) {
    try (Database db = open(disk)) {
      List<Object> read = new ArrayList<>();
      switch (kind) {
        case LOG -> {
          try (Stream<Row> rows = log(db).rows();
              Stream<Row> reversed = log(db).rowsReversed()) {
            rows.forEach(read::add);
            reversed.forEach(read::add);
          }
        }
        case STORE -> {
          Store<String, Row> store = store(db);
          for (int i = 0; i < 90; i++) {
            read.add(store.read("key " + i));
          }
          try (var entries = store.entries()) {
            entries.forEach(entry -> read.add(entry.getValue()));
          }
        }
        case MACHINE -> read.add(adder(db).state());
      }
      return read;
    }
  }
}
