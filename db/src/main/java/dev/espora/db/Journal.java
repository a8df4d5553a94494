package dev.espora.db;

import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One partition's ordered log, as a medium keeps it: the order among processes, durability, and
 * reading back.
 *
 * <p>A journal has a cursor: how far this process has read and applied the log. {@link #readBatch}
 * and {@link #append} move it and are called by one thread at a time; {@link #append} only while
 * the lock is held. {@link #end} and the scans may be called by any thread at any time.
 */
public interface Journal extends AutoCloseable {

  /** The schemas of events in the log, by the number that records carry. */
  List<Schema> schemas();

  /** The number of the schema that is written now. */
  int schema();

  /**
   * The state to start from, if a snapshot was found when the journal was opened; the cursor stands
   * behind it.
   */
  @Nullable Snapshot snapshot();

  /**
   * Where the log ends that any process may rely on. One volatile read.
   *
   * @throws DatabaseException.Poisoned if a write or sync failed, in any process
   */
  long end();

  /** Where the cursor stands. */
  Point cursor();

  /** Takes the right to append if no other process has it. */
  boolean tryLock();

  /** Waits for the right to append. */
  void lock();

  void unlock();

  /** Who holds the lock, for people. */
  String holder();

  /**
   * Reads the batch at the cursor, which is not at {@link #end}, hands over its events, and moves
   * the cursor behind it once all were taken; after an exception it stands where it stood.
   */
  void readBatch(EventSink sink);

  /**
   * Appends a batch at the cursor, makes it as durable as the database promises, moves {@link #end}
   * and the cursor behind it.
   *
   * @return nanoseconds spent syncing
   * @throws DatabaseException.OutOfSpace if there is no room; nothing was changed
   * @throws DatabaseException.OutcomeUnknown if writing or syncing failed; the database is poisoned
   */
  long append(Batch batch);

  /** Bytes of log behind the newest snapshot: what opening the partition has to replay. */
  long snapshotLag();

  /** Keeps the state that the log leads to at a point where the cursor stood. */
  void store(Snapshot snapshot);

  /** The events up to a point, oldest first, lazily. */
  EventScan scan(Point to);

  /** The events before a point, newest first, lazily. */
  EventScan scanBackwards(Point from);

  /** Makes everything durable and lets go of the files. */
  @Override
  void close();

  /** Receives events in order. */
  @FunctionalInterface
  interface EventSink {
    void event(int schema, Input payload);
  }

  /** Events one after another. For use by one thread. */
  interface EventScan extends AutoCloseable {
    /** Moves to the next event, and says whether there is one. */
    boolean next();

    int schema();

    Input payload();

    @Override
    void close();
  }

  /** A place between two batches of the log. */
  interface Point {
    /** Bytes of log before it, all headers included. */
    long position();

    /** Events before it. */
    long sequence();
  }

  /**
   * A state and where in the log it belongs.
   *
   * @param at the point that the state was reached at
   * @param schema how the state is written
   * @param state the state, encoded
   */
  record Snapshot(Point at, Schema schema, byte[] state) {}
}
