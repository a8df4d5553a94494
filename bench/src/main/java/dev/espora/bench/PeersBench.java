package dev.espora.bench;

import dev.espora.bench.PeersSettings.Measurement;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Espora's store beside other embedded ones and beside the floor. Every measurement of an engine is
 * a process of its own, engines take turns, and one that fails is reported as absent.
 */
public final class PeersBench {

  /**
   * {@link Settings#DEFAULTS} with five rounds of two seconds, since each of them starts a JVM for
   * every engine.
   */
  public static final Settings DEFAULTS =
      Settings.DEFAULTS.withRounds(5).withMeasured(Duration.ofSeconds(2));

  /** For the start of a JVM and for opening and closing, beside what is measured. */
  static final Duration OVERHEAD = Duration.ofSeconds(1);

  /**
   * What the measurements share.
   *
   * @param workplace where stores are made
   */
  record Bench(
      Settings settings, PeersSettings peers, PeerJvm jvm, Workplace workplace, PrintStream out) {

    /** Where a store is: in a folder of its own, beside which there is room. */
    Path directory(String store) {
      return workplace.resolve(store).resolve("data");
    }

    Path newDirectory(String store) {
      try {
        return Files.createDirectories(directory(store));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void delete(String store) {
      Workplace.delete(workplace.resolve(store));
    }

    Progress begin(int steps) {
      Duration step = settings.measured().plus(settings.warmup()).plus(OVERHEAD);
      return Progress.begin(out, settings, steps, step.multipliedBy(steps));
    }

    void report(String measurement, Table table, List<String> notes) {
      new Report("peers " + measurement, table, notes).print(out, settings);
    }
  }

  private PeersBench() {}

  /** Runs what is asked for, and prints a table for each measurement. */
  public static void run(Settings settings, PeersSettings peers, PrintStream out) {
    try (Workplace workplace = Workplace.in(settings.directory())) {
      Bench bench = new Bench(settings, peers, new PeerJvm(peers.jars()), workplace, out);
      if (peers.includes(Measurement.PUTS)) {
        PeerPuts.run(bench);
      }
      if (peers.includes(Measurement.READS) || peers.includes(Measurement.REOPEN)) {
        PeerReads.run(bench);
      }
      if (peers.includes(Measurement.GROWTH)) {
        PeerGrowth.run(bench);
      }
    }
  }
}
