package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * This node's copy of a group's partitions: a database in files, which is written without syncing,
 * since the Raft log is synced, and synced before the Raft log lets go of anything.
 *
 * <p>Safe for use by several threads.
 */
final class Replica implements Catalog.Copy, AutoCloseable {
  private static final Options OPTIONS = Options.DEFAULTS.withDurability(Durability.NONE);

  private final Path directory;
  private final Medium.Journals files;
  private final Map<String, ReplicaLog> logs = new ConcurrentHashMap<>();

  Replica(Path directory, ScheduledExecutorService background) {
    this.directory = directory;
    files = Medium.at("file", directory.toString()).open(OPTIONS, background);
  }

  /**
   * Stands for whatever wrote a schema: the numbers and texts of all schemas are the catalog's, the
   * files know the first one alone.
   */
  private record Written(Schema schema) implements Codec<Object> {
    @Override
    public void encode(Object value, Output out) {
      throw new UnsupportedOperationException("nothing is encoded here");
    }

    @Override
    public Decoder<Object> decoder(Schema written) {
      return (Input _) -> {
        throw new UnsupportedOperationException("nothing is decoded here");
      };
    }
  }

  @Override
  public void create(String partition, PartitionKind kind, String schema) {
    open(partition, kind, schema);
  }

  /** The log of a partition, which is created if it is not there. */
  ReplicaLog open(String partition, PartitionKind kind, String schema) {
    return logs.computeIfAbsent(
        partition, name -> new ReplicaLog(name, journal(name, kind, schema)));
  }

  /**
   * Opens the log of a partition that was written before.
   *
   * @throws DatabaseException.Corrupt if it is shorter than it was then
   */
  void reopen(String partition, PartitionKind kind, String schema, long end) {
    long found = open(partition, kind, schema).end();
    if (found < end) {
      throw new DatabaseException.Corrupt(
          directory.resolve("partitions").resolve(partition),
          found,
          "the log ends here, and was synced up to " + end);
    }
  }

  /** Another opening of the log, with a cursor of its own. */
  Journal journal(String partition, PartitionKind kind, String schema) {
    return files.open(partition, kind, new Written(Schema.parse(schema)));
  }

  @Nullable ReplicaLog log(String partition) {
    return logs.get(partition);
  }

  private ReplicaLog known(String partition) {
    return Objects.requireNonNull(logs.get(partition), partition);
  }

  @Override
  public void put(String partition, long position, byte[] records) {
    if (!known(partition).put(position, records)) {
      throw new IllegalStateException(
          "the copy of partition " + partition + " ends before " + position);
    }
  }

  @Override
  public void release(String partition, long before) {
    known(partition).release(before);
  }

  /** Makes all of it withstand a power cut. */
  void sync() {
    logs.values().forEach(ReplicaLog::sync);
  }

  boolean isPoisoned() {
    return files.isPoisoned();
  }

  @Override
  public void close() {
    logs.values().forEach(ReplicaLog::close);
    files.close();
  }
}
