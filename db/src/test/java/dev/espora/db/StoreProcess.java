package dev.espora.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What several threads do to the stores of one directory, in this process or, by {@link #main}, in
 * one of its own; each of them looks for what must never be seen.
 */
final class StoreProcess {
  static final int PAIRS = 4;
  static final int ACCOUNTS = 20;
  static final long BALANCE = 1_000;

  private final Path directory;
  private final String name;
  private final int rounds;
  private final long seed;

  StoreProcess(Path directory, String name, int rounds, long seed) {
    this.directory = directory;
    this.name = name;
    this.rounds = rounds;
    this.seed = seed;
  }

  static Store<String, Long> store(Database db) {
    return db.store("numbers", String.class, Long.class);
  }

  /** What all openers begin with. */
  static void prepare(Path directory) {
    try (Database db = Database.open(directory)) {
      Store<String, Long> store = store(db);
      for (int i = 0; i < ACCOUNTS; i++) {
        store.create("account" + i, BALANCE);
      }
      for (int i = 0; i < PAIRS; i++) {
        store.create("first" + i, 0L);
        store.create("second" + i, 0L);
      }
      store.create("counter", 0L);
    }
  }

  /** Opens the directory in another process. */
  static Process start(Path directory, String name, int rounds, long seed) throws IOException {
    return new ProcessBuilder(OwnJvm.command(StoreProcess.class, directory, name, rounds, seed))
        .inheritIO()
        .start();
  }

  public static void main(String[] args) throws Exception {
    new StoreProcess(Path.of(args[0]), args[1], Integer.parseInt(args[2]), Long.parseLong(args[3]))
        .run(16);
  }

  /** Lets so many threads do their work on one opening of the directory. */
  void run(int threads) throws Exception {
    try (Database db = Database.open(directory, Options.DEFAULTS.withCachedValues(16));
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      Store<String, Long> store = store(db);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        all.add(
            executor.submit(() -> {
              Random random = new Random(seed + thread);
              for (int round = 1; round <= rounds; round++) {
                switch (thread % 8) {
                  case 0, 1 -> writePair(store, thread % PAIRS);
                  case 2 -> readPair(store, random.nextInt(PAIRS));
                  case 3, 4 -> transfer(store, random);
                  case 5 -> scan(store);
                  case 6 -> ascend(store, name + thread, round);
                  default -> count(store);
                }
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }

  private static long read(Store<String, Long> store, String key) {
    return store.read(key).orElseThrow().value();
  }

  /** Both of a pair, one higher than before, in one batch. */
  private static void writePair(Store<String, Long> store, int pair) {
    while (true) {
      Entry<Long> first = store.read("first" + pair).orElseThrow();
      long next = first.value() + 1;
      try {
        store.batch(batch ->
            batch.compareAndSet("first" + pair, first.sequence(), next).put("second" + pair, next));
        return;
      } catch (DatabaseException.Conflict e) {
        // somebody else was faster
      }
    }
  }

  private static void readPair(Store<String, Long> store, int pair) {
    long first = read(store, "first" + pair);
    long second = read(store, "second" + pair);
    assertThat(second).as("written together with the first").isGreaterThanOrEqualTo(first);
    assertThat(read(store, "first" + pair)).isGreaterThanOrEqualTo(second);
  }

  private static void transfer(Store<String, Long> store, Random random) {
    String from = "account" + random.nextInt(ACCOUNTS);
    String to = "account" + random.nextInt(ACCOUNTS);
    if (from.equals(to)) {
      return;
    }
    Entry<Long> source = store.read(from).orElseThrow();
    Entry<Long> target = store.read(to).orElseThrow();
    long amount = random.nextInt(100);
    try {
      store.batch(batch ->
          batch
              .compareAndSet(from, source.sequence(), source.value() - amount)
              .compareAndSet(to, target.sequence(), target.value() + amount));
    } catch (DatabaseException.Conflict e) {
      // not this time
    }
  }

  static void scan(Store<String, Long> store) {
    try (Stream<Map.Entry<String, Entry<Long>>> accounts = store.range("account", "accounu")) {
      long sum = accounts.mapToLong(account -> account.getValue().value()).sum();
      assertThat(sum).as("what a scan sees is one moment").isEqualTo(ACCOUNTS * BALANCE);
    }
  }

  private static void ascend(Store<String, Long> store, String key, long value) {
    store.put(key, value);
    assertThat(read(store, key)).isEqualTo(value);
  }

  private static void count(Store<String, Long> store) {
    store.modify("counter", value -> value + 1);
  }
}
