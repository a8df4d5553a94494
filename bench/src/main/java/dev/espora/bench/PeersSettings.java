package dev.espora.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@link PeersBench} measures, beside {@link Settings}.
 *
 * @param measurements in this order
 * @param engines in the order of the tables
 * @param entries that the stores for reads and reopening hold
 * @param sizes in entries, of the stores whose puts are compared with those of the smallest
 * @param jars folder with the peers' jars, for the processes that measure them; empty where they
 *     are on this process's own class path
 */
public record PeersSettings(
    List<Measurement> measurements,
    List<Peer> engines,
    int entries,
    List<Integer> sizes,
    Optional<Path> jars) {

  /** What can be measured. */
  public enum Measurement {
    /** Durable puts. */
    PUTS,
    /** Durable transactions on five hot accounts. */
    LEDGER,
    /** Random reads from a filled store. */
    READS,
    /** Opening a filled store. */
    REOPEN,
    /** What a put costs as the store grows, of Espora alone. */
    GROWTH;

    /** Lower case, as on command lines. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Keys have eight digits. */
  private static final int MOST_ENTRIES = 100_000_000;

  /**
   * All that compares engines, of all of them, with a million entries. Growth, which is Espora's
   * alone and takes some gigabytes, is for those who ask for it, up to ten million.
   */
  public static final PeersSettings DEFAULTS =
      new PeersSettings(
          List.of(Measurement.PUTS, Measurement.LEDGER, Measurement.READS, Measurement.REOPEN),
          List.of(Peer.values()),
          1_000_000,
          List.of(1_000, 100_000, 1_000_000, 10_000_000),
          Optional.empty());

  public PeersSettings {
    measurements = List.copyOf(measurements);
    engines = List.copyOf(engines);
    sizes = sizes.stream().sorted().toList();
    if (measurements.isEmpty() || engines.isEmpty() || sizes.isEmpty()) {
      throw new IllegalArgumentException("no measurements, no engines or no sizes");
    }
    if (entries < 1 || entries > MOST_ENTRIES) {
      throw new IllegalArgumentException("entries " + entries + " is not from 1 to 100,000,000");
    }
    if (sizes.getFirst() < 1 || sizes.getLast() > MOST_ENTRIES) {
      throw new IllegalArgumentException("sizes " + sizes + " are not from 1 to 100,000,000");
    }
  }

  boolean includes(Measurement measurement) {
    return measurements.contains(measurement);
  }
}
