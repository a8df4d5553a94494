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
   * {@link Settings#DEFAULTS} with platform callers alone and three rounds of a second, since each
   * of them starts a JVM for every engine.
   */
  public static final Settings DEFAULTS =
      Settings.DEFAULTS
          .withCallers(List.of(Callers.PLATFORM))
          .withRounds(3)
          .withMeasured(Duration.ofSeconds(1))
          .withWarmup(Duration.ofSeconds(1));

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

    /** How long a round of one engine takes, about. */
    Duration round(Peer peer) {
      return settings.measured().plus(settings.warmup()).plus(peer.overhead());
    }

    Progress begin(int steps, Duration expected) {
      return Progress.begin(out, settings, steps, expected);
    }

    void report(String measurement, Table table, List<String> notes) {
      new Report("peers " + measurement, table, notes).print(out, settings);
    }
  }

  private PeersBench() {}

  /** Runs what is asked for, and prints a table for each measurement. */
  public static void run(Settings settings, PeersSettings peers, PrintStream out) {
    try (Workplace workplace = Workplace.in(settings.directory())) {
      Bench bench =
          new Bench(settings, peers, new PeerJvm(peers.jars(), workplace), workplace, out);
      if (settings.output() == Settings.Output.TABLE) {
        out.printf("About %d min in all.%n", expected(bench).plusSeconds(59).toMinutes());
      }
      if (peers.includes(Measurement.PUTS)) {
        PeerWrites.run(bench, PeerWrites.Kind.PUTS);
      }
      if (peers.includes(Measurement.LEDGER)) {
        PeerWrites.run(bench, PeerWrites.Kind.LEDGER);
      }
      if (peers.includes(Measurement.READS) || peers.includes(Measurement.REOPEN)) {
        PeerReads.run(bench);
      }
      if (peers.includes(Measurement.GROWTH)) {
        PeerGrowth.run(bench);
      }
    }
  }

  private static Duration expected(Bench bench) {
    Duration all = Duration.ZERO;
    for (Measurement measurement : Measurement.values()) {
      if (bench.peers().includes(measurement)) {
        all =
            all.plus(
                switch (measurement) {
                  case PUTS, LEDGER -> PeerWrites.expected(bench);
                  case READS -> PeerReads.expectedReading(bench);
                  case REOPEN -> PeerReads.expectedReopening(bench);
                  case GROWTH -> PeerGrowth.expected(bench);
                });
      }
    }
    return bench.peers().includes(Measurement.READS) || bench.peers().includes(Measurement.REOPEN)
        ? all.plus(PeerReads.expectedFilling(bench))
        : all;
  }
}
