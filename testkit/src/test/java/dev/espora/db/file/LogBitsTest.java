package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.disk.DiskFile;
import dev.espora.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * A log of one mebibyte with any bit flipped, or cut short at any length: never wrong rows, and
 * never fewer. In the normal build one bit of each byte, and some lengths; all of them with {@code
 * -Despora.sweep=full}.
 */
class LogBitsTest {
  private static final int ROWS = 1_060;
  private static final boolean FULL = System.getProperty("espora.sweep", "").equals("full");
  private static final long SEED = Long.getLong("espora.seed", System.nanoTime() % 1_000_000_000);

  /** A batch, and the bytes of the segment that it stands in. */
  @SuppressWarnings("ArrayRecordComponent") // flipped in place
  private record Place(byte[] bytes, Segment segment, LogPoint at, int size) {}

  /** A segment's file in an array. */
  private record InHeap(byte[] bytes) implements DiskFile {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) {
      int count = Math.clamp(bytes.length - position, 0, length);
      System.arraycopy(bytes, (int) position, target, offset, count);
      return count;
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }

  private static SimulatedDisk written() {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = Databases.open(disk)) {
      Databases.append(db, 0, ROWS, 1_000);
    }
    return disk;
  }

  private static List<Path> segments(SimulatedDisk disk) {
    return disk.files().stream().filter(file -> file.toString().endsWith(".log")).toList();
  }

  private static List<Place> places(SimulatedDisk disk, long log) throws IOException {
    List<Place> places = new ArrayList<>();
    for (Path path : segments(disk)) {
      byte[] bytes = disk.bytes(path);
      SegmentHeader header = SegmentHeader.decode(Arrays.copyOf(bytes, SegmentHeader.BYTES), path);
      Segment segment = new Segment(path, header, new InHeap(bytes));
      BatchReader reader = new BatchReader(log, 1);
      LogPoint at = header.start();
      while (reader.readAt(segment, at, segment.limit()) == BatchReader.Found.BATCH) {
        LogPoint next = reader.next();
        places.add(new Place(bytes, segment, at, (int) (next.position() - at.position())));
        at = next;
      }
    }
    return places;
  }

  private static long log(SimulatedDisk disk) throws IOException {
    Path meta = Databases.PARTITIONS.resolve("rows/partition");
    return PartitionMeta.decode(disk.bytes(meta), meta).log();
  }

  @Test
  void aFlippedBitInABatchIsFoundByWhoeverReadsIt() throws IOException {
    SimulatedDisk disk = written();
    long log = log(disk);
    Random random = new Random(SEED);
    long flipped = 0;
    for (Place place : places(disk, log)) {
      int from = (int) place.segment().offset(place.at().position());
      for (int offset = from; offset < from + place.size(); offset++) {
        for (int bit = FULL ? 0 : random.nextInt(8), last = FULL ? 7 : bit; bit <= last; bit++) {
          place.bytes()[offset] ^= (byte) (1 << bit);
          if (isWhole(place, log)) {
            throw new AssertionError(
                "not found: bit %d of byte %d of %s, seed %d"
                    .formatted(bit, offset, place.segment().path(), SEED));
          }
          place.bytes()[offset] ^= (byte) (1 << bit);
          flipped++;
        }
      }
      assertThat(isWhole(place, log)).isTrue();
    }
    System.out.printf("bits flipped in batches: %,d (seed %d)%n", flipped, SEED);
    assertThat(flipped).isGreaterThan(FULL ? 8L << 20 : 1L << 20);
  }

  /** A reader of its own each time, since a reader keeps what it has read. */
  private static boolean isWhole(Place place, long log) throws IOException {
    return new BatchReader(log, 1).readAt(place.segment(), place.at(), place.segment().limit())
        == BatchReader.Found.BATCH;
  }

  @Test
  void aFlippedBitInARecordIsFoundByWhoeverReadsItAlone() throws IOException {
    SimulatedDisk disk = written();
    long log = log(disk);
    Random random = new Random(SEED);
    List<Place> places = places(disk, log);
    long flipped = 0;
    for (int i = 0; i < places.size(); i += FULL ? 1 : 10) {
      Place place = places.get(i);
      List<Long> records = new ArrayList<>();
      BatchReader reader = new BatchReader(log, 1);
      var _ = reader.readAt(place.segment(), place.at(), place.segment().limit());
      reader.forEach((position, _, _) -> records.add(position));
      records.add(place.at().position() + place.size());
      for (int each = 0; each + 1 < records.size(); each++) {
        int to = (int) place.segment().offset(records.get(each + 1));
        for (int at = (int) place.segment().offset(records.get(each)); at < to; at++) {
          int mask = 1 << random.nextInt(8);
          place.bytes()[at] ^= (byte) mask;
          assertNotRead(place.segment(), records.get(each), at);
          place.bytes()[at] ^= (byte) mask;
          flipped++;
        }
      }
    }
    System.out.printf("bits flipped in records: %,d (seed %d)%n", flipped, SEED);
    assertThat(flipped).isGreaterThan(90_000);
  }

  private static void assertNotRead(Segment segment, long position, int at) throws IOException {
    try {
      var _ = RecordReader.read(segment, position);
    } catch (DatabaseException.Corrupt e) {
      return;
    }
    throw new AssertionError("read, though byte " + at + " is wrong, seed " + SEED);
  }

  @Test
  void aFlippedBitInASegmentsHeaderIsFound() throws IOException {
    SimulatedDisk disk = written();
    for (Path path : segments(disk)) {
      for (int bit = 0; bit < 8 * SegmentHeader.BYTES; bit++) {
        byte[] header = Arrays.copyOf(disk.bytes(path), SegmentHeader.BYTES);
        header[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatExceptionOfType(DatabaseException.class)
            .as("bit %s of %s", bit, path)
            .isThrownBy(() -> SegmentHeader.decode(header, path));
      }
    }
  }

  @Test
  void aFlippedBitAnywhereNeverLeadsToWrongRows() throws IOException {
    SimulatedDisk disk = written();
    Random random = new Random(SEED);
    List<Path> segments = segments(disk);
    for (int i = 0; i < (FULL ? 20_000 : 200); i++) {
      Path path = segments.get(random.nextInt(segments.size()));
      SimulatedDisk rotten = disk.afterKill();
      int offset = random.nextInt(disk.bytes(path).length);
      rotten.flip(path, offset, 1 << random.nextInt(8));
      assertAllRowsOrAnError(rotten, "flipped at " + offset + " of " + path);
    }
  }

  /** Whatever is read is right, also after something was appended behind the damage. */
  private static void assertAllRowsOrAnError(SimulatedDisk disk, String what) {
    for (int extra = 0; extra < 2; extra++) {
      try (Database db = Databases.open(disk)) {
        assertThat(Databases.numbers(db))
            .as("%s, seed %s", what, SEED)
            .isEqualTo(LongStream.range(0, ROWS + extra).boxed().toList());
        Databases.append(db, ROWS + extra, 1, 1_000);
      } catch (DatabaseException e) {
        assertThat(e.getMessage()).as(what).contains("/data/");
        return;
      }
    }
  }

  @Test
  void aFileCutShortAtAnyLengthNeverLeadsToFewerRows() throws IOException {
    SimulatedDisk disk = written();
    long log = log(disk);
    Random random = new Random(SEED);
    Map<Path, Integer> ends = new HashMap<>();
    for (Place place : places(disk, log)) {
      int end = (int) place.segment().offset(place.at().position()) + place.size();
      ends.merge(place.segment().path(), end, Math::max);
    }
    int tried = 0;
    for (Path path : segments(disk)) {
      int length = disk.bytes(path).length;
      int end = ends.getOrDefault(path, SegmentHeader.BYTES);
      for (int cut = 0; cut < length; cut += FULL ? 1 : 1 + random.nextInt(length / 60)) {
        SimulatedDisk shorter = disk.afterKill();
        shorter.cutShort(path, cut);
        if (cut < end) {
          assertThatExceptionOfType(DatabaseException.class)
              .as("%s bytes of %s", cut, path)
              .isThrownBy(() -> count(shorter));
        } else {
          assertThat(count(shorter)).as("%s bytes of %s", cut, path).isEqualTo(ROWS);
        }
        tried++;
      }
    }
    System.out.printf("truncations: %,d (seed %d)%n", tried, SEED);
    assertThat(tried).isGreaterThan(200);
  }

  private static int count(SimulatedDisk disk) {
    try (Database db = Databases.open(disk)) {
      return Databases.numbers(db).size();
    }
  }
}
