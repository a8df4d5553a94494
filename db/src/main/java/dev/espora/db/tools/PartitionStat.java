package dev.espora.db.tools;

import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Schema;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A partition at one moment. Positions count bytes of its log.
 *
 * @param schemas of its records, by the number that records carry
 * @param schema the number of the one written now
 * @param first where the log begins; what is before was released
 * @param end where the log ends
 * @param durable up to where it is known durable
 * @param events since {@code first}
 * @param segments files of log
 * @param segmentBytes bytes of these files
 * @param snapshot the newest one
 * @param diskBytes bytes of all of its files
 * @param openers processes that have it open, killed ones included; if any has
 * @param holder process that commits at this moment, if one does
 */
public record PartitionStat(
    String name,
    PartitionKind kind,
    Condition condition,
    List<Schema> schemas,
    int schema,
    long first,
    long end,
    long durable,
    long events,
    int segments,
    long segmentBytes,
    Optional<SnapshotStat> snapshot,
    long diskBytes,
    OptionalLong openers,
    OptionalLong holder) {

  /**
   * A snapshot.
   *
   * @param position of the log that it stands for
   * @param bytes of its file
   */
  public record SnapshotStat(long position, long bytes) {}
}
