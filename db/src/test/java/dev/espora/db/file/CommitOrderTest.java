package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Decision;
import dev.espora.db.Durability;
import dev.espora.db.Journal;
import dev.espora.db.Log;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.tools.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What others may see and be told while a batch is on its way, and what is left of one that fails.
 */
class CommitOrderTest {
  private static final int DEAD = 4_000_000; // beyond the numbers of processes

  /** All but the end of a batch is written, and then there is no room. */
  private static final WatchedDisk.Watch FULL_NEAR_THE_END =
      new WatchedDisk.Watch() {
        @Override
        public void write(DiskFile segment, byte[] source, int offset, int length, long at)
            throws IOException {
          segment.write(source, offset, length - 8, at);
          throw new DiskException(DiskException.Reason.EXHAUSTED, "no space left (simulated)");
        }
      };

  @TempDir Path temporary;

  private final WatchedDisk watched = new WatchedDisk();

  private Path directory() {
    return temporary.resolve("data");
  }

  /** A database that has a log of one row, closed again: its segment is opened by its own name. */
  private void prepare() {
    try (Database db = Database.open(directory())) {
      rows(db).append("first");
    }
  }

  private Database openWatched() {
    return Database.open(new FileMedium(watched.disk(), directory()), Options.DEFAULTS);
  }

  private static Log<String> rows(Database db) {
    return db.log("rows", String.class);
  }

  @Test
  void nobodySeesABatchBeforeItIsSynced() {
    prepare();
    List<Long> seen = new ArrayList<>();
    try (Database writer = openWatched();
        Database reader = Database.open(directory())) {
      Log<String> written = rows(writer);
      Log<String> read = rows(reader);
      watched.watch(
          new WatchedDisk.Watch() {
            @Override
            public void sync(DiskFile log) throws IOException {
              seen.add(read.size());
              log.sync();
              seen.add(read.size());
            }
          });
      written.append("second");
      watched.watchNothing();
      assertThat(read.size()).isEqualTo(2);
    }
    assertThat(seen).containsExactly(1L, 1L);
  }

  @Test
  void aLastSyncThatFailsIsSaidByWhoeverCloses() {
    prepare();
    Database db =
        Database.open(
            new FileMedium(watched.disk(), directory()),
            Options.DEFAULTS.withDurability(Durability.NONE));
    rows(db).append("second");
    watched.watch(
        new WatchedDisk.Watch() {
          @Override
          public void sync(DiskFile log) throws IOException {
            throw new IOException("the disk is broken");
          }
        });
    assertThatThrownBy(db::close)
        .isInstanceOf(DatabaseException.StorageFailed.class)
        .hasMessageContaining("the disk is broken");
    watched.watchNothing();
    try (Database again = Database.open(directory())) {
      assertThat(rows(again).size()).isEqualTo(2); // nothing has cut the power
    }
  }

  @Test
  void whereASyncFailedNoneIsTriedAgain() {
    prepare();
    Options lax = Options.DEFAULTS.withDurability(Durability.NONE);
    FileMedium medium = new FileMedium(watched.disk(), directory());
    try (ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
        Medium.Journals journals = medium.open(lax, background);
        Database db = Database.open(medium, lax)) {
      Journal journal = journals.open("rows", PartitionKind.LOG, Codec.of(String.class));
      rows(db).append("second");
      watched.watch(
          new WatchedDisk.Watch() {
            @Override
            public void sync(DiskFile log) throws IOException {
              throw new IOException("the disk is broken");
            }
          });
      assertThatThrownBy(journal::sync).isInstanceOf(DatabaseException.StorageFailed.class);
      watched.watchNothing();
      assertThatThrownBy(journal::sync).isInstanceOf(DatabaseException.Poisoned.class);
      journal.close();
    }
  }

  @Test
  void theLockIsHeldThroughTheSync() {
    prepare();
    List<Boolean> free = new ArrayList<>();
    try (Database db = openWatched()) {
      Log<String> log = rows(db);
      watched.watch(
          new WatchedDisk.Watch() {
            @Override
            public void sync(DiskFile segment) throws IOException {
              try (DiskLock lock = Disk.local().lock(partition().resolve("lock"))) {
                free.add(lock.tryExclusive());
              }
              segment.sync();
            }
          });
      log.append("second");
      watched.watchNothing();
    }
    assertThat(free).containsExactly(false);
  }

  @Test
  void theNameOfANewSegmentIsDurableBeforeAnythingInItIsAcknowledged() {
    prepare();
    try (Database db = openWatched()) {
      Log<String> log = rows(db);
      watched.names().clear();
      long position = log.append("x".repeat(100_000)).position();
      assertThat(position).isGreaterThan(Segments.FIRST_BYTES);
      List<String> names = List.copyOf(watched.names());
      assertThat(names).hasSize(2);
      assertThat(names.getFirst()).startsWith("rename " + partition()).endsWith(Segments.SUFFIX);
      assertThat(names.getLast()).isEqualTo("syncDirectory " + partition());
    }
  }

  private Path partition() {
    return directory().resolve("partitions/rows");
  }

  /** Rejected since a row is there that is in the same batch, so a power cut could take it back. */
  @Test
  void aRejectionWaitsForTheSyncOfWhatItRestsOn() throws Exception {
    prepare();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch rejected = new CountDownLatch(1);
    List<Boolean> early = new ArrayList<>();
    try (Database db = openWatched()) {
      Log<String> log = rows(db);
      watched.watch(
          new WatchedDisk.Watch() {
            @Override
            public void sync(DiskFile segment) throws IOException {
              try {
                if (begun.getCount() > 0) {
                  begun.countDown();
                  assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
                } else {
                  early.add(rejected.await(300, TimeUnit.MILLISECONDS));
                }
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              segment.sync();
            }
          });
      Thread first = Thread.ofPlatform().start(() -> log.append("second"));
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      var taken = log.appendAsync("taken");
      List<Boolean> answers = new ArrayList<>();
      Thread late =
          Thread.ofPlatform()
              .start(() -> {
                answers.add(log.transact(tail -> createTaken(tail)).result());
                rejected.countDown();
              });
      await().until(() -> late.getState() == Thread.State.WAITING);
      goOn.countDown();
      late.join();
      first.join();
      taken.join();
      watched.watchNothing();
      assertThat(answers).containsExactly(false);
      assertThat(early).as("answered before the sync").containsExactly(false);
      assertThat(log.size()).isEqualTo(3);
    }
  }

  private static Decision<String, Boolean> createTaken(Log.Tail<String> tail) {
    return tail.newest(1).contains("taken")
        ? Decision.reject(false)
        : Decision.accept("taken", true);
  }

  @Test
  void aSyncThatFailedInOneProcessPoisonsTheOthersAndIsNotTriedAgain() {
    prepare();
    List<Integer> syncs = new ArrayList<>();
    try (Database one = openWatched();
        Database other = Database.open(directory())) {
      Log<String> here = rows(one);
      Log<String> there = rows(other);
      watched.watch(
          new WatchedDisk.Watch() {
            @Override
            public void sync(DiskFile log) throws IOException {
              syncs.add(1);
              if (syncs.size() == 1) {
                throw new DiskException(DiskException.Reason.FAILED, "a simulated I/O error");
              }
            }
          });
      assertThatThrownBy(() -> here.append("second"))
          .isInstanceOf(DatabaseException.OutcomeUnknown.class);
      assertThat(other.isPoisoned()).isTrue();
      assertThatThrownBy(there::size).isInstanceOf(DatabaseException.Poisoned.class);
      assertThatThrownBy(() -> there.append("third"))
          .isInstanceOf(DatabaseException.Poisoned.class);
    }
    assertThat(syncs).hasSize(1);
    watched.watchNothing();
    try (Database again = Database.open(directory())) {
      assertThat(rows(again).size()).isBetween(1L, 2L);
    }
  }

  @Test
  void whatAFullDiskTookOfABatchIsWiped() throws Exception {
    prepare();
    try (Database db = openWatched()) {
      Log<String> log = rows(db);
      watched.watch(FULL_NEAR_THE_END);
      assertThatThrownBy(() -> log.append("x".repeat(1_000)))
          .isInstanceOf(DatabaseException.OutOfSpace.class);
      watched.watchNothing();
      assertThat(log.size()).isEqualTo(1);
      log.append("second");
      assertThat(log.size()).isEqualTo(2);
    }
    assertNothingIsBehind("second");
  }

  @Test
  void whatAFullDiskTookOfABatchIsWipedByAnotherProcess() throws Exception {
    prepare();
    try (Database other = Database.open(directory());
        Database db = openWatched()) {
      watched.watch(FULL_NEAR_THE_END);
      Log<String> log = rows(db);
      assertThatThrownBy(() -> log.append("x".repeat(1_000)))
          .isInstanceOf(DatabaseException.OutOfSpace.class);
      watched.watchNothing();
      rows(other).append("second");
      assertThat(log.size()).isEqualTo(2);
    }
    assertThat(
            new FileTools(Disk.local(), directory())
                .verify(Optional.empty(), Progress.NONE)
                .damages())
        .isEmpty();
    assertNothingIsBehind("second");
  }

  /** As a process that was killed in the middle of a batch leaves it. */
  @Test
  void theUnfinishedBatchOfADeadHolderIsWiped() throws Exception {
    prepare();
    try (Database db = Database.open(directory())) {
      Log<String> log = rows(db);
      Path meta = partition().resolve(PartitionMeta.FILE);
      long id = PartitionMeta.decode(Files.readAllBytes(meta), meta).log();
      try (Control control =
              Control.open(Disk.local(), partition().resolve(FileJournals.CONTROL), id);
          DiskFile segment = Disk.local().open(partition().resolve(Segments.name(0)))) {
        control.setHolder(DEAD);
        byte[] half = new byte[2_000];
        java.util.Arrays.fill(half, (byte) 7);
        segment.write(half, 0, half.length, SegmentHeader.BYTES + control.end());
      }
      log.append("second");
      assertThat(log.size()).isEqualTo(2);
    }
    assertNothingIsBehind("second");
  }

  private void assertNothingIsBehind(String last) throws IOException {
    byte[] bytes = Files.readAllBytes(partition().resolve(Segments.name(0)));
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    String tail =
        new String(
            bytes, end - last.length() - 12, last.length() + 12, StandardCharsets.ISO_8859_1);
    assertThat(tail).as("the last bytes of the log").contains(last);
    try (Database again = Database.open(directory());
        Stream<String> rows = rows(again).rows()) {
      assertThat(rows).containsExactly("first", last);
    }
  }
}
