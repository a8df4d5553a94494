package dev.espora.bench;

import dev.espora.bench.peers.Entries;
import dev.espora.bench.peers.KeyValueEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a process of its own does with one engine. It answers with a line: {@link #DONE} and what it
 * found, or {@link #FAILED} and why.
 *
 * @param entries that the store has, or may get
 * @param load who calls
 */
record PeerWork(
    Task task,
    Peer peer,
    Path directory,
    Entries entries,
    Load load,
    Duration warmup,
    Duration measured) {
  static final String NAME = "peer";
  static final String DONE = "done ";
  static final String FAILED = "failed ";

  /** Files beside the directory, opened before the first and after the last measured operation. */
  static final String BEGIN = "measured-begin";

  static final String END = "measured-end";

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int SLOW_LOAD_PER_SECOND = 2_000;

  /** Openings in one process: the first is cold, the others warm. */
  private static final int OPENINGS = 6;

  /** Kinds of work. */
  enum Task {
    /** Answers with {@link Writes}. */
    PUT,
    /** Answers with {@link Writes}. */
    BOOK,
    /** Answers with nothing. */
    LOAD,
    /** Answers with a {@link Sample}. */
    READ,
    /** Answers with the nanoseconds of each opening, separated by commas. */
    REOPEN
  }

  /**
   * @param acknowledged operations that had to be synced: all but bookings that were refused
   * @param usedBytes by which the store grew, see {@link DiskUse#usedBytes}
   */
  record Writes(Sample sample, long acknowledged, long usedBytes) {

    double usedBytesEach() {
      return (double) usedBytes / acknowledged;
    }

    String format() {
      return sample.format() + " " + acknowledged + " " + usedBytes;
    }

    static Writes parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Writes(Sample.parse(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
  }

  /** Longer than this nobody waits for its answer: an engine that hangs is ended then. */
  Duration limit() {
    Duration filling = task == Task.LOAD ? slowly(entries.count()) : Duration.ZERO;
    return warmup.plus(measured).plus(filling).plus(PATIENCE);
  }

  private static Duration slowly(int entries) {
    return Duration.ofSeconds(entries / SLOW_LOAD_PER_SECOND);
  }

  List<String> arguments() {
    return List.of(
        NAME,
        task.name(),
        peer.name(),
        directory.toString(),
        String.valueOf(entries.count()),
        load.callers().name(),
        String.valueOf(load.threads()),
        String.valueOf(warmup.toMillis()),
        String.valueOf(measured.toMillis()));
  }

  static PeerWork parse(List<String> arguments) {
    return new PeerWork(
        Task.valueOf(arguments.get(0)),
        Peer.valueOf(arguments.get(1)),
        Path.of(arguments.get(2)),
        new Entries(Integer.parseInt(arguments.get(3))),
        new Load(Callers.valueOf(arguments.get(4)), Integer.parseInt(arguments.get(5))),
        Duration.ofMillis(Long.parseLong(arguments.get(6))),
        Duration.ofMillis(Long.parseLong(arguments.get(7))));
  }

  void run(Child.Parent parent) {
    String answer;
    try {
      answer =
          DONE
              + switch (task) {
                case PUT -> put();
                case BOOK -> new PeerBookings(this).run();
                case LOAD -> fill();
                case READ -> read();
                case REOPEN -> reopen();
              };
    } catch (Throwable e) {
      // A library that is missing or does not fit is an error, not an exception.
      answer = failed(e);
    }
    parent.send(answer);
  }

  /** The answer that says why. */
  static String failed(Throwable e) {
    return FAILED + e.toString().lines().collect(Collectors.joining(" "));
  }

  /**
   * What an answer says was found.
   *
   * @throws IllegalStateException if it failed, with the reason
   */
  static String found(String answer) {
    if (!answer.startsWith(DONE)) {
      throw new IllegalStateException(answer.substring(FAILED.length()));
    }
    return answer.substring(DONE.length());
  }

  private String put() throws Exception {
    try (KeyValueEngine engine = peer.open(directory)) {
      if (!warmup.isZero()) {
        var _ = puts(engine, warmup);
      }
      long used = DiskUse.usedBytes(directory);
      touch(BEGIN);
      Sample sample = puts(engine, measured);
      touch(END);
      return new Writes(sample, sample.operations(), DiskUse.usedBytes(directory) - used).format();
    }
  }

  private Sample puts(KeyValueEngine engine, Duration duration) {
    return load.run(duration, _ -> engine.put(entries.randomKey(), entries.randomValue()));
  }

  void touch(String name) throws IOException {
    Files.write(directory.resolveSibling(name), new byte[0]);
  }

  private String fill() throws Exception {
    try (KeyValueEngine engine = peer.open(directory)) {
      engine.load(entries);
    }
    return "";
  }

  private String read() throws Exception {
    try (KeyValueEngine engine = peer.open(directory)) {
      if (!warmup.isZero()) {
        var _ = reads(engine, warmup);
      }
      return reads(engine, measured).format();
    }
  }

  private Sample reads(KeyValueEngine engine, Duration duration) {
    return load.run(duration, _ -> readOne(engine));
  }

  private void readOne(KeyValueEngine engine) {
    String key = entries.randomKey();
    byte[] value = engine.get(key);
    if (value == null || value.length != Entries.VALUE_BYTES) {
      throw new IllegalStateException(key + " was stored and is not there");
    }
  }

  private String reopen() throws Exception {
    List<Long> nanos = new ArrayList<>();
    for (int opening = 0; opening < OPENINGS; opening++) {
      long start = System.nanoTime();
      try (KeyValueEngine engine = peer.open(directory)) {
        readOne(engine);
        nanos.add(System.nanoTime() - start);
      }
    }
    return nanos.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
