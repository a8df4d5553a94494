package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Store;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Salvage;
import dev.espora.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every record outside of what is damaged is saved, and what is dropped is named. */
class SalvageTest {
  private static final Path OUTPUT = Path.of("/salvaged");
  private static final Path ROWS = Databases.PARTITIONS.resolve("rows");
  private static final Path ADDER = Databases.PARTITIONS.resolve("adder");

  /** Bytes of a segment's file that hold a batch, and the numbers of its rows. */
  private record Place(Path file, int from, int to, List<Long> numbers) {}

  private static Salvage salvage(SimulatedDisk disk) {
    return Databases.tools(disk).salvage(OUTPUT, Progress.NONE);
  }

  private static List<Long> saved(SimulatedDisk disk) {
    try (Database db = Databases.open(disk, OUTPUT)) {
      return Databases.numbers(db);
    }
  }

  private static Databases.Sum sum(SimulatedDisk disk, Path directory) {
    try (Database db = Databases.open(disk, directory)) {
      return db.partition("adder", new Databases.Adder()).state();
    }
  }

  @Test
  void aSoundDatabaseIsSavedWhole() {
    SimulatedDisk disk = Databases.closed();
    Map<Path, byte[]> before = contents(disk);
    Salvage salvage = salvage(disk);
    assertThat(salvage.dropped()).isEmpty();
    assertThat(contents(disk)).containsAllEntriesOf(before);
    assertThat(saved(disk)).isEqualTo(LongStream.range(0, 80).boxed().toList());
    assertThat(sum(disk, OUTPUT)).isEqualTo(new Databases.Sum(119 * 120 / 2, 120));
  }

  private static Map<Path, byte[]> contents(SimulatedDisk disk) {
    Map<Path, byte[]> contents = new TreeMap<>();
    for (Path file : disk.files()) {
      contents.put(file, Storage.call(() -> disk.bytes(file)));
    }
    return contents;
  }

  @Test
  void everyRowOutsideOfDamagedBatchesIsSaved() throws Exception {
    SimulatedDisk sound = Databases.closed();
    List<Place> places = places(sound);
    assertThat(places.size()).isGreaterThan(10);
    long seed = System.nanoTime();
    for (int round = 0; round < 300; round++) {
      Random random = new Random(seed + round);
      SimulatedDisk disk = sound.afterKill();
      for (int damage = random.nextInt(3); damage >= 0; damage--) {
        damage(disk, places, random);
      }
      List<Long> expected = intact(places, sound, disk);
      Salvage salvage = salvage(disk);
      assertThat(saved(disk)).as("seed %s", seed + round).containsExactlyElementsOf(expected);
      if (expected.size() < 80 && disk.exists(ROWS.resolve("control"))) {
        assertThat(salvage.dropped()).as("seed %s", seed + round).isNotEmpty();
      }
    }
  }

  /** Flips bits, overwrites with zeros or rubbish, cuts short or deletes something of the rows. */
  private static void damage(SimulatedDisk disk, List<Place> places, Random random)
      throws IOException {
    Place place = places.get(random.nextInt(places.size()));
    Path file = place.file();
    if (!disk.exists(file)) {
      return;
    }
    int length = disk.bytes(file).length;
    switch (random.nextInt(7)) {
      case 0 -> {
        int from = place.from() + random.nextInt(place.to() - place.from());
        disk.flip(file, Math.min(from, length - 1), 1 << random.nextInt(8));
      }
      case 1 -> {
        int from = Math.min(length, random.nextInt(60_000));
        int zeros = Math.min(length - from, random.nextInt(5_000));
        overwrite(disk, file, from, new byte[zeros]);
      }
      case 2 -> {
        int from = Math.min(length, random.nextInt(60_000));
        byte[] rubbish = new byte[Math.min(length - from, random.nextInt(5_000))];
        random.nextBytes(rubbish);
        overwrite(disk, file, from, rubbish);
      }
      case 3 -> disk.cutShort(file, random.nextInt(length + 1));
      case 4 -> disk.remove(file);
      case 5 -> overwrite(disk, file, 0, new byte[Math.min(length, SegmentHeader.BYTES)]);
      default -> {
        Path other = random.nextBoolean() ? ROWS : Databases.DIRECTORY;
        if (disk.exists(other.resolve("control"))) {
          disk.remove(other.resolve("control"));
        }
      }
    }
  }

  /** The rows of batches that are as they were: what was overwritten may have been the same. */
  private static List<Long> intact(List<Place> places, SimulatedDisk sound, SimulatedDisk disk)
      throws IOException {
    List<Long> intact = new ArrayList<>();
    for (Place each : places) {
      if (disk.exists(each.file())
          && disk.bytes(each.file()).length >= each.to()
          && Arrays.equals(
              Arrays.copyOfRange(sound.bytes(each.file()), each.from(), each.to()),
              Arrays.copyOfRange(disk.bytes(each.file()), each.from(), each.to()))) {
        intact.addAll(each.numbers());
      }
    }
    return intact;
  }

  private static void overwrite(SimulatedDisk disk, Path file, int from, byte[] bytes)
      throws IOException {
    try (var open = disk.disk().open(file)) {
      open.write(bytes, 0, bytes.length, from);
      open.sync();
    }
  }

  private static List<Place> places(SimulatedDisk disk) throws IOException {
    List<Place> places = new ArrayList<>();
    DatabaseView database = new DatabaseView(disk.disk(), Databases.DIRECTORY);
    try (PartitionView view = database.partition("rows")) {
      NavigableMap<Long, Segment> segments = view.opened();
      BatchReader reader = new BatchReader(view.meta().log(), 1 << 16);
      for (Segment segment : segments.values()) {
        LogPoint at = segment.header().start();
        while (reader.readAt(segment, at, segment.limit()) == BatchReader.Found.BATCH) {
          List<Long> numbers = new ArrayList<>();
          for (long n = at.sequence(); n < reader.next().sequence(); n++) {
            numbers.add(n); // rows were numbered as they came
          }
          int from = (int) segment.offset(at.position());
          int to = (int) segment.offset(reader.next().position());
          places.add(new Place(segment.path(), from, to, numbers));
          at = reader.next();
        }
      }
    }
    return places;
  }

  @Test
  void aMachinesSnapshotStandsForTheLogBeforeIt() throws Exception {
    SimulatedDisk disk = Databases.closed();
    Salvage whole = salvage(disk);
    assertThat(whole.partitions().getFirst().snapshot()).isPresent();
    // the log before the snapshot is of no consequence any more
    SimulatedDisk behind = Databases.closed();
    Path segment = logs(behind, ADDER).getFirst();
    overwrite(behind, segment, 0, new byte[2_000]);
    assertThat(salvage(behind).dropped()).isNotEmpty();
    assertThat(sum(behind, OUTPUT)).isEqualTo(new Databases.Sum(119 * 120 / 2, 120));
  }

  @Test
  void aMachineWhoseLogIsGoneKeepsItsSnapshot() throws Exception {
    SimulatedDisk disk = Databases.closed();
    disk.remove(logs(disk, ADDER).getFirst());
    salvage(disk);
    assertThat(sum(disk, OUTPUT)).isEqualTo(new Databases.Sum(99 * 100 / 2, 100));
  }

  @Test
  void whatIsMissingBehindASnapshotIsSaid() throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = Databases.open(disk)) {
      Databases.add(db, 0, 200, 700);
    }
    try (Database db = Databases.open(disk)) {
      Databases.add(db, 200, 600, 700);
      SimulatedDisk killed = disk.afterKill();
      List<Path> logs = logs(killed, ADDER);
      assertThat(logs).hasSizeGreaterThan(1);
      killed.remove(logs.getFirst());
      assertThat(salvage(killed).dropped())
          .anyMatch(dropped -> dropped.reason().contains("it is in no segment"));
    }
  }

  @Test
  void aSegmentThatIsMissingInTheMiddleIsNamedWithHowManyRecordsItHeld() throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = Databases.open(disk)) {
      Databases.append(db, 0, 400, 1_500);
    }
    List<Place> places = places(disk);
    List<Path> logs = logs(disk, ROWS);
    assertThat(logs).hasSizeGreaterThan(2);
    Path missing = logs.get(1);
    List<Long> others =
        places.stream()
            .filter(place -> !place.file().equals(missing))
            .flatMap(place -> place.numbers().stream())
            .toList();
    disk.remove(missing);

    Salvage salvage = salvage(disk);

    assertThat(salvage.dropped()).hasSize(1);
    assertThat(salvage.dropped().getFirst().file()).isEqualTo(missing);
    assertThat(salvage.dropped().getFirst().reason())
        .isEqualTo("the segment is missing; records lost: " + (400 - others.size()));
    assertThat(saved(disk)).isEqualTo(others);
  }

  @Test
  void whatIsMissingInFrontOfAStoreIsSaid() throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = Databases.open(disk)) {
      Store<Integer, byte[]> store = db.store("store", Integer.class, byte[].class);
      for (int key = 0; key < 200; key++) {
        store.put(key, new byte[1_500]);
      }
    }
    List<Path> logs = logs(disk, Databases.PARTITIONS.resolve("store"));
    assertThat(logs).hasSizeGreaterThan(1);
    disk.remove(logs.getFirst());

    assertThat(salvage(disk).dropped())
        .anyMatch(
            dropped -> dropped.reason().matches("from position 0 to \\d+: it is in no segment"));
    try (Database db = Databases.open(disk, OUTPUT)) {
      Store<Integer, byte[]> store = db.store("store", Integer.class, byte[].class);
      assertThat(store.contains(0)).isFalse();
      assertThat(store.contains(199)).isTrue();
    }
  }

  @Test
  void aMachineWithoutItsSnapshotKeepsWhatTheLogStillSays() throws Exception {
    SimulatedDisk disk = Databases.closed();
    Path snapshot =
        disk.files().stream()
            .filter(file -> file.startsWith(ADDER) && file.toString().endsWith(".snapshot"))
            .findFirst()
            .orElseThrow();
    disk.flip(snapshot, 60, 1);
    Salvage salvage = salvage(disk);
    assertThat(salvage.dropped())
        .anyMatch(dropped -> dropped.file().equals(snapshot))
        .anyMatch(dropped -> dropped.reason().contains("no segment and no snapshot"));
    assertThat(sum(disk, OUTPUT).count()).isGreaterThanOrEqualTo(20);
  }

  @Test
  void filesThatWereCopiedAboutAreLeftOutAndNamed() throws Exception {
    SimulatedDisk disk = Databases.closed();
    byte[] own = disk.bytes(logs(disk, ROWS).getFirst());
    Path other = ROWS.resolve("another-partitions.log");
    create(disk, other, disk.bytes(logs(disk, ADDER).getFirst()));
    Path twin = ROWS.resolve("twin.log"); // in a listing it stands behind the segments
    create(disk, twin, own);
    Path nowhere = ROWS.resolve("nowhere.log");
    create(disk, nowhere, new byte[own.length]);

    Salvage salvage = salvage(disk);

    String unplaced = "a segment of another partition, or of no known place";
    assertThat(salvage.dropped())
        .extracting(Salvage.Dropped::file, Salvage.Dropped::reason)
        .containsExactlyInAnyOrder(
            tuple(other, unplaced),
            tuple(twin, "a second segment of the same place"),
            tuple(nowhere, unplaced));
    assertThat(saved(disk)).isEqualTo(LongStream.range(0, 80).boxed().toList());
  }

  private static void create(SimulatedDisk disk, Path file, byte[] bytes) throws IOException {
    disk.disk().create(file).close();
    overwrite(disk, file, 0, bytes);
  }

  @Test
  void aFlippedBitInTheSchemasIsPutRight() throws Exception {
    SimulatedDisk sound = Databases.closed();
    Path meta = ROWS.resolve("partition");
    for (int offset = 0; offset < sound.bytes(meta).length; offset++) {
      SimulatedDisk disk = sound.afterKill();
      disk.flip(meta, offset, 1 << offset % 8);
      assertThat(salvage(disk).partitions()).hasSize(2);
      assertThat(saved(disk)).hasSize(80);
    }
  }

  @Test
  void lostSchemasAreSaidAndTheOtherPartitionsSaved() throws Exception {
    SimulatedDisk disk = Databases.closed();
    disk.remove(ROWS.resolve("partition"));
    Salvage salvage = salvage(disk);
    assertThat(salvage.partitions()).hasSize(1);
    assertThat(salvage.dropped().getFirst().reason()).contains("schemas are lost");
    assertThat(sum(disk, OUTPUT).count()).isEqualTo(120);
  }

  @Test
  void oneThatIsOpenIsRefused() {
    SimulatedDisk disk = Databases.closed();
    try (Database _ = Databases.open(disk)) {
      assertThatThrownBy(() -> salvage(disk)).isInstanceOf(DatabaseException.Busy.class);
    }
    assertThat(disk.exists(OUTPUT)).isFalse();
  }

  private static List<Path> logs(SimulatedDisk disk, Path partition) {
    return disk.files().stream()
        .filter(file -> file.startsWith(partition) && file.toString().endsWith(".log"))
        .toList();
  }
}
