package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.Codec;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several openers of one directory, and what callers are told where they stand in each other's way.
 */
class SharingTest {
  @TempDir Path temporary;

  record Name(String name) {}

  record NameAndAge(String name, int age) {}

  private Path directory() {
    return temporary.resolve("data");
  }

  @Test
  void aStoppedHolderOfTheLockGivesBusyAndNotAHang() throws Exception {
    Limits limits = Limits.DEFAULTS.withLockWait(Duration.ofMillis(200));
    try (Database db = Database.open(directory(), Options.DEFAULTS.withLimits(limits))) {
      Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
      counter.submit(1L);
      try (DiskLock holder = Disk.local().lock(directory().resolve("partitions/counter/lock"))) {
        holder.exclusive();
        assertThatThrownBy(() -> counter.submit(1L))
            .isInstanceOf(DatabaseException.Busy.class)
            .hasMessageContaining("counter")
            .hasMessageContaining("200 ms");
        assertThat(counter.submitAsync(1L))
            .failsWithin(Duration.ofSeconds(10))
            .withThrowableThat()
            .withCauseInstanceOf(DatabaseException.Busy.class);
        assertThat(counter.state().sum()).as("reads do not wait for writers").isEqualTo(1);
      }
      assertThat(counter.submit(1L).result()).as("nothing given up took effect").isEqualTo(2);
    }
  }

  @Test
  void aFullQueueMakesCallersWaitAndThenTellsThem() throws Exception {
    Limits limits =
        Limits.DEFAULTS.withQueue(4, Duration.ofMillis(50)).withLockWait(Duration.ofSeconds(60));
    try (Database db = Database.open(directory(), Options.DEFAULTS.withLimits(limits))) {
      Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
      List<CompletableFuture<Receipt<Long>>> queued = new ArrayList<>();
      try (DiskLock holder = Disk.local().lock(directory().resolve("partitions/counter/lock"))) {
        holder.exclusive();
        for (int i = 0; i < 4; i++) {
          queued.add(counter.submitAsync(1L));
        }
        assertThatThrownBy(() -> counter.submit(1L))
            .isInstanceOf(DatabaseException.Busy.class)
            .hasMessageContaining("4 commands");
        assertThat(counter.submitAsync(1L)).isCompletedExceptionally();
      }
      CompletableFuture.allOf(queued.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
      assertThat(counter.state().sum()).isEqualTo(4);
    }
  }

  @Test
  void anotherSchemaIsRefusedWhileSomebodyWritesTheFirst() {
    try (Database one = Database.open(directory())) {
      one.log("names", Name.class).append(new Name("Ana"));
      try (Database two = Database.open(directory())) {
        assertThatThrownBy(() -> two.log("names", NameAndAge.class))
            .isInstanceOf(DatabaseException.SchemaMismatch.class)
            .hasMessageContaining("NameAndAge.age");
      }
    }
  }

  record NameLater(String name, java.util.Optional<String> mail) {}

  @Test
  void aLaterSchemaReadsOldRowsButNotBesideAWriterOfTheOldOne() {
    try (Database one = Database.open(directory())) {
      one.log("names", Name.class).append(new Name("Ana"));
      try (Database two = Database.open(directory())) {
        assertThatThrownBy(() -> two.log("names", NameLater.class))
            .isInstanceOf(DatabaseException.SchemaMismatch.class)
            .hasMessageContaining("another process");
      }
    }
    try (Database later = Database.open(directory())) {
      Log<NameLater> names = later.log("names", NameLater.class);
      names.append(new NameLater("Bia", java.util.Optional.of("b@c")));
      try (var rows = names.rows()) {
        assertThat(rows)
            .containsExactly(
                new NameLater("Ana", java.util.Optional.empty()),
                new NameLater("Bia", java.util.Optional.of("b@c")));
      }
    }
  }

  @Test
  void anotherDurabilityIsRefused() {
    try (Database _ = Database.open(directory())) {
      assertThatThrownBy(
              () -> Database.open(directory(), Options.DEFAULTS.withDurability(Durability.NONE)))
          .isInstanceOf(DatabaseException.SchemaMismatch.class)
          .hasMessageContaining("durability");
    }
    Database.open(directory(), Options.DEFAULTS.withDurability(Durability.NONE)).close();
  }

  @Test
  void everyDurabilityKeepsWhatIsClosedInOrder() {
    for (Durability durability :
        List.of(
            Durability.SYNC,
            Durability.SYNC_EACH,
            Durability.interval(Duration.ofMillis(1)),
            Durability.NONE)) {
      Path directory = temporary.resolve(durability.toString().replace(':', '-'));
      Options options = Options.DEFAULTS.withDurability(durability);
      try (Database db = Database.open(directory, options)) {
        Partition<Counter.Total, Long, Long> counter = db.partition("counter", new Counter());
        List<CompletableFuture<Receipt<Long>>> futures = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
          futures.add(counter.submitAsync(1L));
        }
        for (CompletableFuture<Receipt<Long>> future : futures) {
          assertThat(future.join().durability()).isEqualTo(durability);
        }
      }
      try (Database db = Database.open(directory, options)) {
        assertThat(db.partition("counter", new Counter()).state().sum()).isEqualTo(3_000);
      }
    }
  }

  @Test
  void aValueOrBatchBeyondItsLimitIsRefusedAndChangesNothing() {
    Limits limits = Limits.DEFAULTS.withValueBytes(1_000).withBatch(3, 2_000);
    try (Database db = Database.open(directory(), Options.DEFAULTS.withLimits(limits))) {
      Log<String> log = db.log("rows", String.class);
      assertThatThrownBy(() -> log.append("x".repeat(1_000)))
          .isInstanceOf(DatabaseException.LimitExceeded.class)
          .hasMessageContaining("limit of 1000");
      assertThatThrownBy(
              () -> log.transact(_ -> Decision.accept(List.of("a", "b", "c", "d"), "four")))
          .isInstanceOf(DatabaseException.LimitExceeded.class)
          .hasMessageContaining("4 entries");
      String large = "x".repeat(900);
      assertThatThrownBy(
              () -> log.transact(_ -> Decision.accept(List.of(large, large, large), "three")))
          .isInstanceOf(DatabaseException.LimitExceeded.class)
          .hasMessageContaining("limit of 2000");
      assertThat(log.size()).isZero();
      log.append(large);
      assertThat(log.size()).isEqualTo(1);
    }
  }

  @Test
  void aLinkInPlaceOfAPartitionIsRefused() throws Exception {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    try (Database db = Database.open(directory())) {
      Files.createSymbolicLink(directory().resolve("partitions/planted"), elsewhere);
      assertThatThrownBy(() -> db.log("planted", Name.class))
          .isInstanceOf(DatabaseException.Corrupt.class)
          .hasMessageContaining("symbolic links");
      assertThat(elsewhere.toFile().list()).isEmpty();
    }
  }

  /** A machine whose command can be made to wait, to see what others do meanwhile. */
  record Gate(CountDownLatch entered, CountDownLatch open)
      implements StateMachine<Long, Boolean, Long, Long> {
    @Override
    public Long initial() {
      return 0L;
    }

    @Override
    public Decision<Long, Long> decide(Long state, Boolean wait) {
      if (wait) {
        entered.countDown();
        try {
          assertThat(open.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return Decision.accept(1L, state + 1);
    }

    @Override
    public Long evolve(Long state, Long event) {
      return state + event;
    }

    @Override
    public Codec<Long> eventCodec() {
      return Codec.of(Long.class);
    }

    @Override
    public Codec<Long> stateCodec() {
      return Codec.of(Long.class);
    }
  }

  @Test
  void readersSeeOnlyWhatIsDurableAndDoNotWaitForACommit() throws Exception {
    Gate gate = new Gate(new CountDownLatch(1), new CountDownLatch(1));
    try (Database db = Database.open(directory());
        ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Partition<Long, Boolean, Long> partition = db.partition("gate", gate);
      partition.submit(false);
      Future<Receipt<Long>> waiting = executor.submit(() -> partition.submit(true));
      assertThat(gate.entered.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(partition.state()).isEqualTo(1);
      CompletableFuture<Receipt<Long>> behind = partition.submitAsync(false);
      gate.open.countDown();
      assertThat(waiting.get().result()).isEqualTo(2);
      assertThat(behind.get(10, TimeUnit.SECONDS).result()).isEqualTo(3);
    }
  }

  @Test
  void aSnapshotTakenWhileAnotherProcessWritesBelongsToItsPlace() throws Exception {
    int rows = 3_000;
    String text = "x".repeat(16_000);
    try (Database one = Database.open(directory());
        Database two = Database.open(directory());
        ExecutorService executor = Executors.newFixedThreadPool(8)) {
      List<Future<?>> tasks = new ArrayList<>();
      for (Database db : List.of(one, two)) {
        Log<String> log = db.log("rows", String.class);
        for (int writer = 0; writer < 2; writer++) {
          tasks.add(
              executor.submit(() -> {
                for (int i = 0; i < rows / 4; i++) {
                  log.append(text);
                }
              }));
        }
        for (int reader = 0; reader < 2; reader++) {
          tasks.add(
              executor.submit(() -> {
                long seen = 0;
                while (seen < rows) {
                  long now = log.size();
                  assertThat(now).isGreaterThanOrEqualTo(seen);
                  seen = now;
                }
              }));
        }
      }
      for (Future<?> task : tasks) {
        task.get(60, TimeUnit.SECONDS);
      }
      // A copy of the files as they are, before closing writes a last snapshot over this one.
      copy(directory(), temporary.resolve("copy"));
    }
    assertThat(temporary.resolve("copy/partitions/rows").toFile().list())
        .anyMatch(name -> name.endsWith(".snapshot"));
    try (Database again = Database.open(temporary.resolve("copy"));
        var stored = again.log("rows", String.class).rows()) {
      assertThat(again.log("rows", String.class).size()).isEqualTo(rows);
      assertThat(stored.count()).isEqualTo(rows);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(each -> !each.toString().endsWith(".tmp")).toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }
}
