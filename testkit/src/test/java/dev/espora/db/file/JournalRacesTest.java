package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Counting;
import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.Entry;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.db.Partition;
import dev.espora.db.Store;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.SharedMemory;
import dev.espora.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens between the steps of snapshots, releases and closing, whoever else is at work. */
class JournalRacesTest {
  @TempDir Path temporary;

  record Row(long number, byte[] padding) {}

  /** What to do before an operation of the disk on a path. */
  @FunctionalInterface
  interface Before {
    void operation(String name, Path path) throws Exception;
  }

  private static Disk disk(Disk real, Before before) {
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (_, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof Path path) {
                before.operation(method.getName(), path);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Path directory() {
    return temporary.resolve("data");
  }

  private static void append(Log<Row> log, int rows, int bytes) {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      all.add(log.appendAsync(new Row(i, new byte[bytes])));
    }
    all.forEach(each -> assertThat(each).succeedsWithin(java.time.Duration.ofSeconds(20)));
  }

  @Test
  void aSnapshotThatIsFinishedAfterTheEndLeavesWhatWasSealedAlone() throws Exception {
    Path control = directory().resolve("partitions/rows/control");
    CountDownLatch begun = new CountDownLatch(1);
    Disk slow =
        disk(
            Disk.local(),
            (name, path) -> {
              if (name.equals("rename")
                  && path.toString().contains("snapshot-")
                  && begun.getCount() > 0) {
                begun.countDown();
                for (int i = 0; i < 300 && !isSealed(control); i++) {
                  TimeUnit.MILLISECONDS.sleep(10);
                }
              }
            });
    Options options = Options.DEFAULTS.withDurability(Durability.NONE);
    try (Database db = Database.open(new FileMedium(slow, directory()), options)) {
      append(db.log("rows", Row.class), 180, 100_000); // beyond 16 MiB
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    }
    try (Database db = Database.open(directory(), options)) {
      assertThat(db.log("rows", Row.class).size()).isEqualTo(180);
    }
  }

  private static boolean isSealed(Path control) throws IOException {
    byte[] block = Files.readAllBytes(control);
    return IntStream.range(Control.BYTES - 8, Control.BYTES).anyMatch(i -> block[i] != 0);
  }

  @Test
  void whoOpensWhileAnotherReplacesTheSnapshotReadsTheNewOne() throws Exception {
    Disk real = Disk.local();
    try (Database db = Database.open(directory())) {
      append(db.log("rows", Row.class), 100, 2_000);
    }
    Path old = snapshots().getFirst();
    Path newer = old.resolveSibling("7" + old.getFileName().toString().substring(1));
    byte[] bytes = Files.readAllBytes(old);
    try (Database first = Database.open(directory())) {
      assertThat(first.log("rows", Row.class).size()).isEqualTo(100);
      Disk raced =
          disk(
              real,
              (name, path) -> {
                if (name.equals("open") && path.equals(old) && Files.exists(old)) {
                  Files.write(newer, bytes); // as if it were later
                  Files.delete(old);
                }
              });
      try (Database second = Database.open(new FileMedium(raced, directory()), Options.DEFAULTS)) {
        assertThat(second.log("rows", Row.class).size()).isEqualTo(100);
      }
    }
  }

  private List<Path> snapshots() throws IOException {
    try (Stream<Path> files = Files.list(directory().resolve("partitions/rows"))) {
      return files.filter(file -> file.toString().endsWith(".snapshot")).toList();
    }
  }

  @Test
  void whoCannotReadTheSnapshotThatStandsForReleasedLogNeverAnswersFromAnOldState()
      throws Exception {
    try (Database behind = Database.open(directory())) {
      Partition<Counting.Total, Long, Long> counter = behind.partition("rows", new Counting());
      try (Database ahead = Database.open(directory())) {
        for (int i = 0; i < 10; i++) {
          ahead.partition("rows", new Counting()).submit(1L);
        }
      }
      Path snapshot = snapshots().getFirst();
      byte[] good = Files.readAllBytes(snapshot);
      byte[] bad = good.clone();
      bad[bad.length - 25] ^= 1; // the state, in front of the one row of the table and the end
      Files.write(snapshot, bad);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(counter::state).isInstanceOf(DatabaseException.Corrupt.class);
        assertThatThrownBy(() -> counter.submit(1L)).isInstanceOf(DatabaseException.Corrupt.class);
      }
      Files.write(snapshot, good);
      assertThat(counter.state().sum()).isEqualTo(10);
      assertThat(counter.submit(1L).result()).isEqualTo(11);
    }
  }

  /** At each moment at which the one that is behind looks for segments and snapshots. */
  @Test
  void whoStartsAgainFindsTheSnapshotOfASegmentThatAnotherBeginsMeanwhile() throws Exception {
    int moments = 0;
    while (goesOnAtMoment(moments)) {
      moments++;
    }
    assertThat(moments).isGreaterThan(1);
  }

  /** Returns whether there was such a moment. */
  private boolean goesOnAtMoment(int moment) throws Exception {
    Path directory = temporary.resolve("moment" + moment);
    Path place = directory.resolve("partitions/texts");
    try (Database ahead = Database.open(directory)) {
      Store<Integer, String> store = ahead.store("texts", Integer.class, String.class);
      fill(store, "a");
      AtomicInteger countdown = new AtomicInteger(Integer.MAX_VALUE);
      Disk raced =
          disk(
              Disk.local(),
              (name, path) -> {
                if (name.equals("list") && path.equals(place) && countdown.getAndDecrement() == 0) {
                  goOnInAnotherOpening(directory);
                }
              });
      try (Database behind = Database.open(new FileMedium(raced, directory), Options.DEFAULTS)) {
        Store<Integer, String> same = behind.store("texts", Integer.class, String.class);
        assertThat(same.read(0).orElseThrow().value()).startsWith("a");
        fill(store, "b");
        store.compact(); // what the other one has read so far is released
        countdown.set(moment);
        assertThat(same.read(0).orElseThrow().value()).matches("[bc]x*");
        assertThat(same.size()).isEqualTo(store.size());
        return countdown.get() < 0;
      }
    }
  }

  /** In a new segment, with a snapshot as it closes; nothing is released. */
  private static void goOnInAnotherOpening(Path directory) {
    try (Database third = Database.open(directory)) {
      fill(third.store("texts", Integer.class, String.class), "c");
    }
  }

  private static void fill(Store<Integer, String> store, String text) {
    for (int i = 0; i < 10; i++) {
      store.put(i, text + "x".repeat(15_000));
    }
  }

  @Test
  void whereTheLogBeginsMovesForwardsOnlyWhoeverElseMovesIt() throws Exception {
    Disk disk = new SimulatedDisk().disk();
    disk.createDirectory(Path.of("/p"));
    Path file = Path.of("/p/control");
    Control.create(disk, file, 1, new LogRange(0, 0));
    try (Control other = Control.open(disk, file, 1);
        Control control = Control.open(overtaken(disk, () -> other.raiseFirst(200)), file, 1)) {
      control.raiseFirst(100);
      assertThat(control.first()).isEqualTo(200);
      control.raiseFirst(300);
      assertThat(other.first()).isEqualTo(300);
    }
  }

  /** A disk whose shared memory somebody else changes between each look and the change after it. */
  private static Disk overtaken(Disk real, Runnable overtaking) {
    return (Disk)
        Proxy.newProxyInstance(
            Disk.class.getClassLoader(),
            new Class<?>[] {Disk.class},
            (_, method, arguments) -> {
              Object result = method.invoke(real, arguments);
              return result instanceof SharedMemory memory
                  ? Proxy.newProxyInstance(
                      Disk.class.getClassLoader(),
                      new Class<?>[] {SharedMemory.class},
                      (_, operation, words) -> {
                        if (operation.getName().contains("et") && words.length > 1) {
                          overtaking.run();
                        }
                        return operation.invoke(memory, words);
                      })
                  : result;
            });
  }

  @Test
  void movedEntriesThatFoundNoRoomAreForgotten() {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = Database.open(disk.medium(), Options.DEFAULTS)) {
      Store<String, String> store = db.store("texts", String.class, String.class);
      disk.fill();
      for (int i = 0; i < 55; i++) {
        store.put("k" + i, "x".repeat(1_000));
      }
      assertThatThrownBy(store::compact).isInstanceOf(DatabaseException.OutOfSpace.class);
      long sequence = store.put("k0", "small").result(); // where a moved entry would stand
      assertThat(store.compareAndSet("k0", sequence, "smaller").result()).isGreaterThan(sequence);
      assertThat(store.read("k1").orElseThrow().value()).hasSize(1_000);
      disk.makeRoom();
      store.compact();
      assertThat(store.size()).isEqualTo(55);
      assertThat(store.read("k0").map(Entry::value)).contains("smaller");
    }
  }

  @Test
  @Timeout(20)
  void anEntryThatTheLogHasLostIsReportedAndNotLookedForForEver() throws Exception {
    SimulatedDisk disk = new SimulatedDisk();
    try (Database db = Database.open(disk.medium(), Options.DEFAULTS)) {
      Store<Integer, String> store = db.store("texts", Integer.class, String.class);
      for (int i = 0; i < 150; i++) {
        store.put(i, "x".repeat(1_000));
      }
      Path place = Path.of("/data/partitions/texts");
      PartitionMeta meta =
          PartitionMeta.decode(disk.bytes(place.resolve(PartitionMeta.FILE)), place);
      try (Control control = Control.open(disk.disk(), place.resolve("control"), meta.log())) {
        control.raiseFirst(Segments.bases(disk.disk(), place).get(1)); // as nobody should
      }
      assertThatThrownBy(() -> store.read(0))
          .isInstanceOf(DatabaseException.StorageFailed.class)
          .hasMessageContaining("the entry of store texts at 0 is not in its log any more");
      assertThat(store.read(149)).isPresent();
    }
  }

  @Test
  void compactionWithoutSyncsTakesNothingFromWhatWasDurable() {
    Options lax = Options.DEFAULTS.withDurability(Durability.NONE);
    for (long seed = 1; seed <= 8; seed++) {
      SimulatedDisk disk = new SimulatedDisk();
      try (Database db = Database.open(disk.medium(), lax)) {
        Store<Integer, String> store = db.store("texts", Integer.class, String.class);
        for (int i = 0; i < 3_000; i++) {
          var _ = store.async().put(i, "x".repeat(1_000));
        }
      }
      SimulatedDisk crashed;
      try (Database db = Database.open(disk.medium(), lax)) {
        Store<Integer, String> store = db.store("texts", Integer.class, String.class);
        assertThat(store.compact()).isPositive();
        crashed = disk.afterPowerCut(new Random(seed));
      }
      try (Database db = Database.open(crashed.medium(), lax)) {
        Store<Integer, String> store = db.store("texts", Integer.class, String.class);
        assertThat(store.size()).as("seed %s", seed).isEqualTo(3_000);
        for (int i = 0; i < 3_000; i++) {
          assertThat(store.read(i)).as("seed %s", seed).isPresent();
        }
      }
    }
  }

  @Test
  void readersAreNeverDisturbedByCompaction() throws Exception {
    try (Database db = Database.open(directory(), Options.DEFAULTS.withCachedValues(0));
        Database other = Database.open(directory(), Options.DEFAULTS.withCachedValues(0));
        ExecutorService executor = Executors.newFixedThreadPool(3)) {
      Store<Integer, String> store = db.store("texts", Integer.class, String.class);
      for (int i = 0; i < 200; i++) {
        var _ = store.async().put(i, "x".repeat(1_000));
      }
      store.put(0, "the last one"); // and so all of them
      long seed = System.nanoTime();
      CountDownLatch end = new CountDownLatch(1);
      List<Future<?>> readers = new ArrayList<>();
      for (Database each : List.of(db, db, other)) {
        Store<Integer, String> seen = each.store("texts", Integer.class, String.class);
        Random random = new Random(seed + readers.size());
        readers.add(
            executor.submit(() -> {
              while (end.getCount() > 0) {
                assertThat(seen.read(random.nextInt(200))).as("seed %s", seed).isPresent();
              }
            }));
      }
      for (int round = 0; round < 60; round++) {
        store.compact();
      }
      end.countDown();
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }
}
