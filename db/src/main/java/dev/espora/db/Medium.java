package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where and how a database is stored: the seam behind which storage can be exchanged. A medium
 * decides how the order of a partition and its durability come about; everything above it is the
 * same.
 */
@FunctionalInterface
public interface Medium {

  /**
   * A medium by its name.
   *
   * @param scheme the name, {@code file} for example
   * @param place where, in the medium's own words
   * @throws IllegalArgumentException if there is none of this name on the module or class path
   */
  static Medium at(String scheme, String place) {
    for (Provider provider : ServiceLoader.load(Provider.class)) {
      if (provider.scheme().equals(scheme)) {
        return provider.at(place);
      }
    }
    throw new IllegalArgumentException(
        "no medium named " + scheme + " on the module or class path");
  }

  /**
   * The heap of this process: the order of the real mediums, and nothing left when it is closed.
   */
  static Medium memory() {
    return (options, background) ->
        new Journals() {
          private final Map<String, Stored> stored = new ConcurrentHashMap<>();
          private final AtomicBoolean poisoned = new AtomicBoolean();

          @Override
          public Journal open(String partition, PartitionKind kind, Codec<?> events) {
            Stored fresh = new Stored(kind, events.schema());
            stored.put(partition, fresh);
            return new MemoryJournal(fresh, poisoned);
          }

          @Override
          public Optional<Stored> stored(String partition) {
            return Optional.ofNullable(stored.get(partition));
          }

          @Override
          public boolean isPoisoned() {
            return poisoned.get();
          }

          @Override
          public void close() {}
        };
  }

  /**
   * Opens the medium. The same medium may be opened several times, one after another or, where it
   * can be shared, at the same time.
   *
   * @param background runs work that nobody waits for, until the database is closed
   * @throws DatabaseException if there is something else in its place, or it is in use and cannot
   *     be shared
   */
  Journals open(Options options, ScheduledExecutorService background);

  /** An open medium: the journals of all partitions. Safe for use by several threads. */
  interface Journals extends AutoCloseable {

    /**
     * Opens a partition's journal, creating it if there is none. A partition is opened once, until
     * its journal is closed. The schema of the events is stored under a number that stays, unless
     * it has one already.
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
   * @param schemas of its events, by the number that records carry
   * @param schema the number of the one written now
   */
  record Stored(PartitionKind kind, List<Schema> schemas, int schema) {

    public Stored {
      schemas = List.copyOf(schemas);
      Objects.checkIndex(schema, schemas.size());
    }

    /** A new partition. */
    public Stored(PartitionKind kind, Schema events) {
      this(kind, List.of(events), 0);
    }

    /** How events are written now. */
    public Schema events() {
      return schemas.get(schema);
    }

    /**
     * The same with another schema for what is written from now on, which has a number already or
     * gets the next one.
     */
    public Stored writing(Schema wanted) {
      int known = schemas.indexOf(wanted);
      if (known >= 0) {
        return new Stored(kind, schemas, known);
      }
      List<Schema> all = new ArrayList<>(schemas);
      all.add(wanted);
      return new Stored(kind, all, schemas.size());
    }

    /**
     * Makes sure that the partition can be opened as something.
     *
     * @throws DatabaseException.SchemaMismatch if it is of another kind, or some of its events
     *     cannot be read
     */
    public void checkReadable(String partition, PartitionKind wanted, Codec<?> events) {
      if (kind != wanted) {
        throw new DatabaseException.SchemaMismatch(
            "partition " + partition + " is a " + word(kind) + ", not a " + word(wanted));
      }
      for (Schema written : schemas) {
        try {
          var _ = events.decoder(written);
        } catch (IncompatibleException e) {
          throw new DatabaseException.SchemaMismatch(
              "partition " + partition + ": " + e.getMessage());
        }
      }
    }

    /**
     * What the partition becomes by being opened: {@link #checkReadable}, then {@link #writing}.
     *
     * @throws DatabaseException.SchemaMismatch as {@link #checkReadable} says
     */
    public Stored openedAs(String partition, PartitionKind wanted, Codec<?> events) {
      checkReadable(partition, wanted, events);
      return writing(events.schema());
    }

    private static String word(PartitionKind kind) {
      return kind.name().toLowerCase(Locale.ROOT);
    }
  }

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
