package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads of two openers and of two processes on one store, while it is compacted and one
 * opener comes and goes: order for each key, whole batches, scans of one moment, exact counters.
 */
class StoreConcurrencyTest {
  @TempDir Path temporary;

  private final long seed = System.nanoTime();

  @BeforeEach
  void prepare() {
    System.out.println("StoreConcurrencyTest seed " + seed);
    StoreProcess.prepare(temporary.resolve("data"));
  }

  private Path directory() {
    return temporary.resolve("data");
  }

  @Test
  void twoOpenersWithSixtyFourThreadsSeeOneOrder() throws Exception {
    int rounds = 150;
    withUpkeep(() -> {
      try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
        List<Future<?>> openers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          StoreProcess opener =
              new StoreProcess(directory(), "opener" + i, rounds, seed + 100L * i);
          openers.add(
              executor.submit(() -> {
                opener.run(32);
                return null;
              }));
        }
        for (Future<?> opener : openers) {
          opener.get();
        }
      }
    });
    check(rounds * 8L, rounds * 16L);
  }

  @Test
  void twoProcessesSeeOneOrder() throws Exception {
    int rounds = 150;
    withUpkeep(() -> {
      Process one = StoreProcess.start(directory(), "one", rounds, seed);
      Process two = StoreProcess.start(directory(), "two", rounds, seed + 100);
      assertThat(one.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(two.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(List.of(one.exitValue(), two.exitValue())).as("seed %s", seed).containsOnly(0);
    });
    check(rounds * 4L, rounds * 8L);
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Meanwhile a third opener compacts, reads, leaves and comes back. */
  private void withUpkeep(Work work) throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    try (ExecutorService executor = Executors.newFixedThreadPool(1)) {
      Future<Integer> upkeep =
          executor.submit(() -> {
            int rounds = 0;
            while (!end.get()) {
              try (Database db = Database.open(directory())) {
                Store<String, Long> store = StoreProcess.store(db);
                for (int i = 0; i < 10 && !end.get(); i++) {
                  compact(store);
                  StoreProcess.scan(store);
                  rounds++;
                }
                IndexCheck.check(store);
              }
            }
            return rounds;
          });
      try {
        work.run();
      } finally {
        end.set(true);
      }
      System.out.println("StoreConcurrencyTest: " + upkeep.get() + " compactions");
    }
  }

  private static void compact(Store<String, Long> store) {
    try {
      store.compact();
    } catch (DatabaseException.Busy e) {
      // the other one is at it
    }
  }

  private void check(long counted, long pairs) {
    try (Database db = Database.open(directory())) {
      Store<String, Long> store = StoreProcess.store(db);
      assertThat(store.read("counter").orElseThrow().value()).isEqualTo(counted);
      long sum = 0;
      for (int i = 0; i < StoreProcess.PAIRS; i++) {
        long first = store.read("first" + i).orElseThrow().value();
        assertThat(store.read("second" + i).orElseThrow().value()).isEqualTo(first);
        sum += first;
      }
      assertThat(sum).isEqualTo(pairs);
      StoreProcess.scan(store);
      IndexCheck.check(store);
    }
  }
}
