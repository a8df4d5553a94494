package dev.espora.db;

import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One partition's ordered log, as a medium keeps it: the order among processes, durability, and
 * reading back.
 *
 * <p>A journal has a cursor: how far this process has read and applied the log. {@link #rewind},
 * {@link #readBatch} and {@link #append} move it and are called by one thread at a time; {@link
 * #append} only while the lock is held. Everything else may be called by any thread at any time.
 *
 * <p>Positions count the bytes of the log, headers of batches included, and never change: an event
 * is found again by the position it was written at until that part of the log is released.
 */
public interface Journal extends AutoCloseable {

  /**
   * What {@link #append} answers where somebody else has appended since the cursor was at the end.
   */
  long OVERTAKEN = -1;

  /** The schemas of events in the log, by the number that records carry. */
  List<Schema> schemas();

  /** The number of the schema that is written now. */
  int schema();

  /**
   * Moves the cursor to where a state has to be built up from: behind the newest snapshot, or where
   * the log begins. Called once before anything is read or appended, and again where {@link
   * #readBatch} says so.
   *
   * @return the snapshot, or null if the state begins empty
   */
  @Nullable Snapshot rewind();

  /** The position where the log begins; what is before it was released, by whatever process. */
  long first();

  /**
   * Where the log ends that any process may rely on: everything acknowledged before the call is in
   * front of it and can be read here. One volatile read where all processes are on one machine;
   * else the others are asked, which may wait.
   *
   * @throws DatabaseException.Poisoned if a write or sync failed, in any process
   * @throws DatabaseException.Busy if the others could not be asked within a bounded time
   */
  long end();

  /**
   * How far the log can be read here without asking anybody: at most {@link #end}. Never waits.
   *
   * @throws DatabaseException.Poisoned if a write or sync failed, in any process
   */
  default long known() {
    return end();
  }

  /** Where the cursor stands. The point itself does not move on with the cursor. */
  Point cursor();

  /**
   * Takes the right to append if no other process has it. The threads of this process take turns by
   * themselves; the one that took it gives it back. Where the right is only a matter of good
   * manners, since others cannot be kept from appending, {@link #append} may answer {@link
   * #OVERTAKEN}.
   */
  boolean tryLock();

  /** Waits for the right to append; an interrupt does not end the wait. */
  void lock();

  void unlock();

  /** Who holds the lock, for people. */
  String holder();

  /**
   * Reads the batch at the cursor, which is not at {@link #end}, hands over its events, and moves
   * the cursor behind it once all were taken; after an exception it stands where it stood.
   *
   * @return false if that part of the log was released: {@link #rewind} is the way on
   */
  boolean readBatch(EventSink sink);

  /**
   * Appends a batch at the cursor, which is at {@link #end}, makes it as durable as the database
   * promises, and only then moves the end and the cursor behind it: by {@link Batch#size}, so that
   * an event stands as far behind the cursor as it does in {@link Batch#array}. The batch is the
   * caller's, who will use it again.
   *
   * @return nanoseconds spent syncing; {@link #OVERTAKEN} if somebody else was first: nothing was
   *     changed and never will be, {@link #known} is beyond the cursor or {@link Forwarder#known}
   *     tells of a group that it did not tell of before
   * @throws DatabaseException.OutOfSpace if there is no room; nothing was changed
   * @throws DatabaseException.OutcomeUnknown if writing or syncing failed; the database is poisoned
   */
  long append(Batch batch);

  /**
   * Bytes of log behind the newest snapshot: what opening the partition has to replay. A medium
   * that keeps no snapshots says 0, and is given none.
   */
  long snapshotLag();

  /**
   * Keeps the state that the log leads to at a point where the cursor stood, unless there is a
   * newer one. A medium may keep none; it then keeps all of the log.
   *
   * @param schema how the state is written
   * @param parts the state, encoded, in parts of a size that fits into memory several times
   */
  void store(Point at, Schema schema, Iterator<byte[]> parts);

  /**
   * Says that nothing before a position is needed any more to build up the state, provided that the
   * snapshots stored so far were kept, and lets go of as much of it as can be freed, which may be
   * nothing. The event at the position, if one stands there, stays.
   */
  void release(long before);

  /** Lets go of what other processes have released. Called now and then. */
  void forgetReleased();

  /**
   * Makes what was appended so far withstand a power cut, whatever durability the database
   * promises.
   */
  default void sync() {}

  /**
   * How other processes decide commands of this one, or it theirs; null where each decides its own.
   */
  default @Nullable Forwarder forwarder() {
    return null;
  }

  /** Bytes of storage that log and snapshots take. */
  long storedBytes();

  /**
   * The right to compact, for one process at a time; null if another one has it. Closing gives it
   * back.
   */
  @Nullable Upkeep tryUpkeep();

  /** The event at a position that holds one, or null if it was released. */
  @Nullable Event read(long position);

  /** Reads events of the log as it is now, also those that are released meanwhile. */
  Reader reader();

  /**
   * The events, oldest first, lazily, beginning somewhere at or before the event at a position, or
   * where the log begins. A scan leaves nothing out: where what comes next was released meanwhile,
   * it may still have it, or else fails with {@link DatabaseException.StorageFailed} or {@link
   * DatabaseException.Corrupt}.
   *
   * @param to the position up to which they are wanted, an end that the log has or had, asked for
   *     now and then: where it moves on, a scan that had ended goes on
   */
  EventScan scan(long from, LongSupplier to);

  /** The events before a point, newest first, lazily, at least back to {@link #first}. */
  EventScan scanBackwards(Point from);

  /** Makes everything durable and lets go of the files. */
  @Override
  void close();

  /** Receives events in order. */
  @FunctionalInterface
  interface EventSink {
    void event(long position, int schema, Input payload);
  }

  /** An event: the number of its schema and the value behind it. */
  record Event(int schema, Input payload) {}

  /** Reads single events. Safe for use by several threads. */
  interface Reader extends AutoCloseable {
    /** The event at a position that holds one, or null if it had been released before. */
    @Nullable Event read(long position);

    @Override
    void close();
  }

  /** The right to compact. */
  @FunctionalInterface
  interface Upkeep extends AutoCloseable {
    @Override
    void close();
  }

  /** Events one after another. For use by one thread. */
  interface EventScan extends AutoCloseable {
    /** Moves to the next event, and says whether there is one. */
    boolean next();

    /** The position of the event. */
    long position();

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
   * @param parts the state, encoded
   */
  record Snapshot(Point at, Schema schema, Parts parts) {}

  /**
   * The parts of a state, each read when it is asked for, at any time, also when newer snapshots
   * have been stored. Safe for use by several threads.
   */
  interface Parts {
    int count();

    /**
     * A part.
     *
     * @throws DatabaseException.Corrupt if it is not what was written
     */
    byte[] get(int index);

    /** All parts, one after another. */
    default Iterator<byte[]> iterator() {
      return IntStream.range(0, count()).mapToObj(this::get).iterator();
    }
  }
}
