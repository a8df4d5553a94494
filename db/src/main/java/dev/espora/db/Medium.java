package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Schema;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Where and how a database is stored: the seam behind which storage can be exchanged. A medium
 * decides how the order of a partition and its durability come about; everything above it is the
 * same.
 */
@FunctionalInterface
public interface Medium {

  /**
   * The heap of this process: the order of the real mediums, and nothing left when it is closed.
   */
  static Medium memory() {
    return (options, background) ->
        new Journals() {
          private final Map<String, Stored> stored = new ConcurrentHashMap<>();

          @Override
          public Journal open(String partition, PartitionKind kind, Codec<?> events) {
            stored.put(partition, new Stored(kind, events.schema()));
            return new MemoryJournal(events.schema());
          }

          @Override
          public Optional<Stored> stored(String partition) {
            return Optional.ofNullable(stored.get(partition));
          }

          @Override
          public boolean isPoisoned() {
            return false;
          }

          @Override
          public void close() {}
        };
  }

  /**
   * Opens the medium.
   *
   * @param background runs work that nobody waits for, until the database is closed
   */
  Journals open(Options options, ScheduledExecutorService background);

  /** An open medium: the journals of all partitions. Safe for use by several threads. */
  interface Journals extends AutoCloseable {

    /**
     * Opens a partition's journal, creating it if there is none.
     *
     * @param kind what the partition is used as
     * @param events how this process writes events
     * @throws DatabaseException.SchemaMismatch if it is a partition of another kind, or the stored
     *     events cannot be read together with these
     */
    Journal open(String partition, PartitionKind kind, Codec<?> events);

    /** What a partition is stored as; empty if there is none of this name. */
    Optional<Stored> stored(String partition);

    /**
     * Whether a write or sync failed, in any process, so that everything is refused from then on.
     */
    boolean isPoisoned();

    /** Lets go of everything; the journals were closed before. */
    @Override
    void close();
  }

  /**
   * What a partition is stored as.
   *
   * @param events how its events are written now
   */
  record Stored(PartitionKind kind, Schema events) {}

  /**
   * Finds mediums by the name in front of the colon, as in {@code file:data}; provided as a
   * service.
   */
  interface Provider {

    /** The name, for example {@code file}. */
    String scheme();

    /** The medium at a place, whose form is the medium's own. */
    Medium at(String place);
  }
}
