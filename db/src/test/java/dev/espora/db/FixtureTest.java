package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that an earlier build wrote, whole ones and damaged ones. See {@link Fixtures}. */
class FixtureTest {
  private static final Options LATER =
      Options.DEFAULTS.withClock(() -> Fixtures.WRITTEN.plusSeconds(3_600));

  @TempDir Path temporary;

  /** Writes them anew if told to; they are read by the next run. */
  @BeforeAll
  static void write() throws IOException {
    String target = System.getProperty("espora.fixtures");
    if (target != null) {
      Path place = Path.of(target);
      Fixtures.write(place.isAbsolute() ? place : Path.of("..").resolve(place));
    }
  }

  private Path unpacked(String name) {
    return Fixtures.unpack(name, temporary.resolve(name));
  }

  private static void readLog(Path directory) {
    try (Database db = Database.open(directory, LATER);
        Stream<Fixtures.Row> rows = db.log("rows", Fixtures.Row.class).rows()) {
      assertThat(rows.toList())
          .isEqualTo(IntStream.range(0, Fixtures.ROWS).mapToObj(Fixtures::row).toList());
    }
  }

  private static Store<String, Fixtures.Thing> things(Database db) {
    return db.store("things", String.class, Fixtures.Thing.class);
  }

  private static void readStore(Path directory) {
    try (Database db = Database.open(directory, LATER)) {
      check(things(db));
    }
  }

  private static void check(Store<String, Fixtures.Thing> store) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < Fixtures.ENTRIES; i++) {
      if (i != 1) {
        keys.add("k%03d".formatted(i));
        Entry<Fixtures.Thing> entry = store.read(keys.getLast()).orElseThrow();
        assertThat(entry.value()).isEqualTo(Fixtures.thing(i % 2 == 0 ? i + 1_000 : i));
        assertThat(entry.created()).isEqualTo(Fixtures.WRITTEN);
        Instant written = i % 2 == 0 ? Fixtures.WRITTEN.plusSeconds(2) : Fixtures.WRITTEN;
        assertThat(entry.written()).isEqualTo(written);
        assertThat(entry.expires()).isEmpty();
      }
    }
    keys.addAll(List.of("last", "long"));
    assertThat(store.keys().toList()).isEqualTo(keys);
    assertThat(store.read("long").orElseThrow().expires())
        .contains(Fixtures.WRITTEN.plusSeconds(30_000L * 86_400));
    assertThat(store.read("brief")).isEmpty();
    IndexCheck.check(store);
  }

  private static void readMachine(Path directory) {
    try (Database db = Database.open(directory, LATER)) {
      assertThat(db.partition("sum", new Counting()).state().sum()).isEqualTo(210);
    }
  }

  private static void read(String name, Path directory) {
    switch (name) {
      case "log" -> readLog(directory);
      case "store" -> readStore(directory);
      default -> readMachine(directory);
    }
  }

  @Test
  void whatWasWrittenIsReadInFullAndGoesOn() {
    Path directory = unpacked("log");
    readLog(directory);
    readLog(directory);
    readMachine(unpacked("machine"));
    Path store = unpacked("store");
    readStore(store);
    try (Database db = Database.open(store, LATER)) {
      assertThat(things(db).compact()).isPositive();
      check(things(db));
    }
    readStore(store);
  }

  private static Path partition(String name, Path directory) {
    String partition = name.equals("log") ? "rows" : name.equals("store") ? "things" : "sum";
    return directory.resolve("partitions").resolve(partition);
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static void flip(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset < 0 ? bytes.length + offset : offset] ^= 0x20;
    Files.write(file, bytes);
  }

  /** Damage, and the error that it must cause. */
  @FunctionalInterface
  interface Damage {
    void to(Path directory, Path partition) throws IOException;
  }

  private int variant;

  private void assertRefused(
      String name, Class<? extends DatabaseException> reason, String message, Damage damage)
      throws IOException {
    Path directory = Fixtures.unpack(name, temporary.resolve("damaged" + variant++));
    damage.to(directory, partition(name, directory));
    assertThatThrownBy(() -> read(name, directory))
        .as("%s of %s", message, name)
        .isInstanceOf(reason)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void damageIsRefusedWithItsPlace() throws IOException {
    for (String name : List.of("log", "store", "machine")) {
      Class<DatabaseException.Corrupt> corrupt = DatabaseException.Corrupt.class;
      assertRefused(name, corrupt, "espora is corrupt", (dir, _) -> flip(dir.resolve("espora"), 9));
      assertRefused(
          name, corrupt, "partition is corrupt", (_, p) -> flip(p.resolve("partition"), 30));
      assertRefused(name, corrupt, "control is corrupt", (_, p) -> flip(p.resolve("control"), 64));
      assertRefused(
          name, corrupt, ".log is corrupt", (_, p) -> flip(files(p, ".log").getFirst(), 20));
      assertRefused(name, corrupt, ".log", (_, p) -> Files.delete(files(p, ".log").getFirst()));
      assertRefused(
          name,
          DatabaseException.class,
          "partition",
          (_, p) -> Files.delete(p.resolve("partition")));
      assertRefused(
          name, DatabaseException.class, "control", (_, p) -> Files.delete(p.resolve("control")));
      assertRefused(
          name, DatabaseException.class, "lock", (_, p) -> Files.delete(p.resolve("lock")));
    }
  }

  @Test
  void aDamagedSnapshotIsRefusedAndAMissingOneWhereItStandsForTheLog() throws IOException {
    for (String name : List.of("store", "machine")) {
      for (int offset : List.of(20, 40, 60, -13, -2)) {
        assertRefused(
            name,
            DatabaseException.class,
            ".snapshot",
            (_, p) -> flip(files(p, ".snapshot").getLast(), offset));
      }
    }
    assertRefused(
        "machine",
        DatabaseException.Corrupt.class,
        "the snapshot is missing that stands for the log before",
        (_, p) -> Files.delete(files(p, ".snapshot").getLast()));
    Path store = unpacked("store");
    Files.delete(files(partition("store", store), ".snapshot").getLast());
    readStore(store); // its log alone says everything
  }

  @Test
  void filesOfANewerVersionAreRefused() throws IOException {
    Damage newer =
        (dir, _) -> {
          byte[] bytes = Files.readAllBytes(dir);
          bytes[7] = 2;
          Files.write(dir, bytes);
        };
    for (String name : List.of("log", "store", "machine")) {
      Class<DatabaseException.FormatTooNew> reason = DatabaseException.FormatTooNew.class;
      assertRefused(name, reason, "espora", (dir, p) -> newer.to(dir.resolve("espora"), p));
      assertRefused(name, reason, "partition", (_, p) -> newer.to(p.resolve("partition"), p));
      assertRefused(name, reason, "control", (_, p) -> newer.to(p.resolve("control"), p));
      assertRefused(name, reason, ".log", (_, p) -> newer.to(files(p, ".log").getFirst(), p));
    }
    assertRefused(
        "store",
        DatabaseException.FormatTooNew.class,
        ".snapshot",
        (_, p) -> newer.to(files(p, ".snapshot").getLast(), p));
  }
}
