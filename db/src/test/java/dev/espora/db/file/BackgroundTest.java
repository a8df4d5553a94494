package dev.espora.db.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.Limits;
import dev.espora.db.Log;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.PartitionStat;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens in the background, and at the seams between segments, goes on after a failure. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackgroundTest {
  @TempDir Path temporary;

  /** What is to fail next, and how. */
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  private record Failure(String method, String name, Throwable thrown) {}

  private final Disk disk =
      (Disk)
          Proxy.newProxyInstance(
              Disk.class.getClassLoader(),
              new Class<?>[] {Disk.class},
              (_, method, arguments) -> {
                Failure next = failure.get();
                if (next != null
                    && method.getName().equals(next.method)
                    && arguments[0].toString().contains(next.name)
                    && failure.compareAndSet(next, null)) {
                  throw next.thrown;
                }
                try {
                  return method.invoke(Disk.local(), arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });

  private Path directory() {
    return temporary.resolve("data");
  }

  private Database open(Durability durability) {
    return Database.open(
        new FileMedium(disk, directory()), Options.DEFAULTS.withDurability(durability));
  }

  private PartitionStat stat(String partition) {
    return DatabaseTools.at(directory()).stat(Optional.of(partition)).partitions().getFirst();
  }

  private void awaitFailed() {
    await().until(() -> failure.get() == null);
  }

  @Test
  void syncsInTheBackgroundGoOnAfterAnError() {
    try (Database db = open(Durability.interval(Duration.ofMillis(1)))) {
      Log<String> log = db.log("rows", String.class);
      failure.set(new Failure("list", "rows", new OutOfMemoryError("simulated")));
      log.append("first");
      awaitFailed();
      log.append("second");
      await().until(() -> stat("rows").durable() == stat("rows").end());
      assertThat(db.isPoisoned()).isFalse();
    }
  }

  @Test
  void aSpareThatCannotBeMadeHoldsNobodyUp() {
    try (Database db = open(Durability.SYNC)) {
      Log<String> log = db.log("rows", String.class);
      failure.set(new Failure("create", "spare-", new OutOfMemoryError("simulated")));
      for (int i = 0; i < 20; i++) {
        log.append("x".repeat(10_000));
      }
      assertThat(failure.get()).isNull();
      assertThat(log.size()).isEqualTo(20);
    }
  }

  @Test
  void withoutDescriptorsForTheNameOfANewSegmentNothingIsWrittenAndLaterItIs() {
    String row = "x".repeat(60_000);
    try (Database db = open(Durability.SYNC)) {
      Log<String> log = db.log("rows", String.class);
      log.append(row);
      failure.set(
          new Failure(
              "syncDirectory",
              "rows",
              new DiskException(DiskException.Reason.EXHAUSTED, "no file descriptors left")));
      assertThatThrownBy(() -> log.append(row)).isInstanceOf(DatabaseException.OutOfSpace.class);
      awaitFailed();
      assertThat(log.size()).isEqualTo(1);
      log.append(row);
      assertThat(log.size()).isEqualTo(2);
    }
    try (Database db = Database.open(directory())) {
      assertThat(db.log("rows", String.class).size()).isEqualTo(2);
    }
  }

  @Test
  void whereAllThreadsWaitForOthersWhoeverNeedsOneIsToldSo() throws Exception {
    int threads = 64;
    Limits limits = Limits.DEFAULTS.withLockWait(Duration.ofMillis(200));
    List<DiskLock> held = new ArrayList<>();
    try (Database db = Database.open(directory(), Options.DEFAULTS.withLimits(limits))) {
      List<Log<String>> logs = new ArrayList<>();
      for (int i = 0; i <= threads; i++) {
        logs.add(db.log("log-" + i, String.class));
        logs.get(i).append("first");
      }
      for (int i = 0; i < threads; i++) {
        DiskLock lock =
            Disk.local().lock(directory().resolve("partitions/log-" + i).resolve("lock"));
        held.add(lock);
        lock.exclusive();
      }
      List<CompletableFuture<?>> waiting = new ArrayList<>();
      for (Log<String> log : logs) {
        waiting.add(log.appendAsync("second"));
      }
      for (CompletableFuture<?> each : waiting) {
        assertThat(each)
            .failsWithin(Duration.ofSeconds(30))
            .withThrowableThat()
            .withCauseInstanceOf(DatabaseException.Busy.class);
      }
      held.forEach(DiskLock::close);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreException(DatabaseException.Busy.class)
          .until(() -> logs.getLast().append("third").result() == 1);
    }
  }

  @Test
  void aStoreThatWasLargeIsCompactedThoughItsLogIsInOneSegment() {
    try (Database db = open(Durability.NONE)) {
      Store<Integer, byte[]> store = db.store("things", Integer.class, byte[].class);
      for (int key = 0; key < 40; key++) {
        store.put(key, new byte[1 << 20]);
      }
      for (int key = 0; key < 40; key++) {
        store.delete(key);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> logBytes() < 3 << 20);
      byte[] value = new byte[10 << 10];
      long end = stat("things").end() + (30 << 20);
      while (stat("things").end() < end) {
        store.put(0, value);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> logBytes() < 5 << 20);
    }
  }

  private long logBytes() {
    PartitionStat stat = stat("things");
    return stat.end() - stat.first();
  }
}
