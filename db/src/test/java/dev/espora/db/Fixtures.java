package dev.espora.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Databases as version 1 of the format left them on disk, kept as small zip files. Written anew,
 * which only a change of a version that was never released allows, by
 *
 * <pre>
 * mvn -pl db test -Dtest=FixtureTest -Despora.fixtures=db/src/test/resources/fixtures/v1
 * </pre>
 */
final class Fixtures {
  static final int ROWS = 300;
  static final int ENTRIES = 120;
  static final int TRANSFERS = 20;

  /** When the fixtures are written. */
  static final Instant WRITTEN = Instant.parse("2026-11-21T12:00:00Z");

  private Fixtures() {}

  record Row(long number, String text, List<Integer> numbers) {}

  enum Kind {
    SMALL,
    LARGE
  }

  record Thing(String name, Kind kind, double weight) {}

  static Row row(int i) {
    return new Row(i, "row " + i + " é😀", List.of(i, -i, 1 << 20));
  }

  static Thing thing(int i) {
    return new Thing("thing " + "x".repeat(900) + i, i % 2 == 0 ? Kind.SMALL : Kind.LARGE, i / 4.0);
  }

  /** Writes all of them. */
  static void write(Path target) throws IOException {
    Files.createDirectories(target);
    for (String name : List.of("log", "store", "machine")) {
      Path directory = Files.createTempDirectory("fixture");
      AtomicLong clock = new AtomicLong(WRITTEN.toEpochMilli());
      Options options = Options.DEFAULTS.withClock(() -> Instant.ofEpochMilli(clock.get()));
      try (Database db = Database.open(directory, options)) {
        switch (name) {
          case "log" -> {
            Log<Row> log = db.log("rows", Row.class);
            for (int i = 0; i < ROWS; i++) {
              log.append(row(i));
            }
          }
          case "store" -> fill(db.store("things", String.class, Thing.class), clock);
          default -> {
            Partition<Counting.Total, Long, Long> counter = db.partition("sum", new Counting());
            for (long i = 1; i <= TRANSFERS; i++) {
              counter.submit(i);
            }
          }
        }
      }
      pack(directory, target.resolve(name + ".zip"));
    }
  }

  /** Half of the entries changed once, one deleted, two with a time to live, compacted twice. */
  private static void fill(Store<String, Thing> store, AtomicLong clock) {
    for (int i = 0; i < ENTRIES; i++) {
      store.create("k%03d".formatted(i), thing(i));
    }
    store.put("brief", thing(1), Ttl.ofSeconds(1));
    store.put("long", thing(2), Ttl.of(Duration.ofDays(30_000)));
    clock.addAndGet(2_000);
    store.compact();
    for (int i = 0; i < ENTRIES; i += 2) {
      store.update("k%03d".formatted(i), thing(i + 1_000));
    }
    store.delete("k001");
    store.compact();
    store.put("last", thing(3));
  }

  private static void pack(Path directory, Path zip) throws IOException {
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream packed = new ZipOutputStream(out);
        Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        ZipEntry entry = new ZipEntry(directory.relativize(file).toString());
        entry.setTime(0);
        packed.putNextEntry(entry);
        Files.copy(file, packed);
      }
    }
  }

  /** Unpacks one of them into a new directory. */
  static Path unpack(String name, Path directory) {
    String resource = "/fixtures/v1/" + name + ".zip";
    try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(resource));
        ZipInputStream packed = new ZipInputStream(in)) {
      ZipEntry entry = packed.getNextEntry();
      while (entry != null) {
        Path file = directory.resolve(entry.getName());
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.copy(packed, file);
        entry = packed.getNextEntry();
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
