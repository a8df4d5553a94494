package dev.espora.db.file;

import dev.espora.db.Batch;
import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.Journal;
import dev.espora.db.codec.Schema;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A partition's log in segment files, shared with other processes.
 *
 * <p>A write, from top to bottom: {@link #append} makes room, fills in the checksums, writes the
 * batch behind the end with one call, syncs, and moves the shared end behind it. Nothing behind the
 * end is ever relied on, so a process that dies on the way leaves nothing that the next holder of
 * the lock would have to undo, only bytes to wipe.
 */
final class FileJournal implements Journal {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");
  private static final long PROCESS = ProcessHandle.current().pid();
  private static final int READ_AHEAD = 1 << 16;
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

  private final Disk disk;
  private final Path directory;
  private final PartitionMeta meta;
  private final Session session;
  private final Control control;
  private final DiskLock lock;
  private final Segments segments;
  private final Spares spares;
  private final Durability durability;
  private final @Nullable Snapshot snapshot;

  private final BatchReader reader;
  private Segment segment;
  private LogPoint cursor;
  private boolean tailIsDirty;
  private volatile boolean closed;

  FileJournal(Opening opening, Disk disk, Durability durability, Executor background)
      throws IOException {
    this.disk = disk;
    this.directory = opening.directory();
    this.meta = opening.meta();
    this.session = opening.session();
    this.control = opening.control();
    this.lock = opening.lock();
    this.segments = opening.segments();
    this.snapshot = opening.snapshot();
    this.spares = new Spares(segments, background);
    this.durability = durability;
    this.reader = new BatchReader(meta.log(), READ_AHEAD);
    this.cursor = opening.start();
    this.segment = segments.holding(cursor.position());
  }

  /** What opening a partition's directory found. */
  record Opening(
      Path directory,
      PartitionMeta meta,
      Session session,
      Control control,
      DiskLock lock,
      Segments segments,
      @Nullable Snapshot snapshot,
      LogPoint start) {}

  @Override
  public List<Schema> schemas() {
    return meta.schemas();
  }

  @Override
  public int schema() {
    return meta.schema();
  }

  @Override
  public @Nullable Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public long end() {
    session.check();
    return control.end();
  }

  @Override
  public LogPoint cursor() {
    return cursor;
  }

  // --- the lock
  // -----------------------------------------------------------------------------------------------------

  @Override
  public boolean tryLock() {
    if (!Storage.call(lock::tryExclusive)) {
      return false;
    }
    locked();
    return true;
  }

  @Override
  public void lock() {
    Storage.run(lock::exclusive);
    locked();
  }

  /** A holder that is still named died, perhaps in the middle of a batch. */
  private void locked() {
    if (control.holder() != 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "partition {0}: process {1} died while it held the lock; its unfinished batch is wiped",
          directory.getFileName(),
          Long.toString(control.holder()));
      tailIsDirty = true;
    }
    control.setHolder(PROCESS);
  }

  @Override
  public void unlock() {
    control.setHolder(0);
    try {
      lock.release();
    } catch (IOException e) {
      session.poison(); // nobody else could ever append
      LOG.log(System.Logger.Level.ERROR, "cannot unlock partition " + directory.getFileName(), e);
    }
  }

  @Override
  public String holder() {
    long holder = control.holder();
    return holder == 0 ? "another process" : "process " + holder;
  }

  // --- reading
  // ------------------------------------------------------------------------------------------------------

  @Override
  public void readBatch(EventSink sink) {
    Storage.run(() -> {
      long end = control.end();
      long limit = Math.min(end, segment.end());
      if (end > segment.end()) {
        Segment next = segments.at(segment.end());
        if (next.header().previousEnd() == cursor.position()) {
          moveTo(next);
          return;
        }
        limit = next.header().previousEnd();
      }
      if (reader.readAt(segment, cursor, limit) != BatchReader.Found.BATCH) {
        throw new DatabaseException.Corrupt(
            segment.path(),
            segment.offset(cursor.position()),
            "a batch that is durable cannot be read; " + reader.problem());
      }
      reader.forEach(sink);
      cursor = reader.next();
    });
  }

  private void moveTo(Segment next) {
    if (!next.header().follows(cursor)) {
      throw new DatabaseException.Corrupt(
          next.path(), 0, "the segment does not follow the one before it");
    }
    segment = next;
    cursor = next.header().start();
  }

  @Override
  public EventScan scan(Point to) {
    return new ForwardScan(segments, meta.log(), (LogPoint) to);
  }

  @Override
  public EventScan scanBackwards(Point from) {
    return new BackwardScan(segments, meta.log(), (LogPoint) from);
  }

  // --- writing
  // ------------------------------------------------------------------------------------------------------

  @Override
  public long append(Batch batch) {
    try {
      if (tailIsDirty) {
        takeOver();
      }
      if (cursor.position() + batch.size() > segment.end()) {
        roll(batch.size());
      }
      LogPoint next = Mark.seal(batch, cursor, meta.log(), unsynced());
      segment.file().write(batch.array(), 0, batch.size(), segment.offset(cursor.position()));
      long syncNanos = syncs() ? sync(next) : 0;
      control.setEnd(next.position());
      cursor = next;
      spares.consider(segment, cursor);
      return syncNanos;
    } catch (DiskException e) {
      if (e.reason() == DiskException.Reason.EXHAUSTED && !session.isPoisoned()) {
        tailIsDirty = true; // half a batch may stand behind the end
        throw Storage.failure(e);
      }
      throw poison(e);
    } catch (DatabaseException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw poison(e);
    }
  }

  private boolean syncs() {
    return durability.survivesPowerCut();
  }

  private int unsynced() {
    return (int) Math.min(Integer.MAX_VALUE, control.end() - control.durable());
  }

  private long sync(LogPoint reached) throws IOException {
    long start = System.nanoTime();
    try {
      segment.file().sync();
    } catch (IOException | RuntimeException | Error e) {
      session.poison(); // whatever the reason: a sync is never tried again
      throw e;
    }
    control.raiseDurable(reached.position());
    return System.nanoTime() - start;
  }

  private DatabaseException poison(Throwable cause) {
    session.poison();
    return new DatabaseException.OutcomeUnknown(
        "writing partition "
            + directory.getFileName()
            + " failed, whether the command took effect is unknown: "
            + cause.getMessage()
            + "; close the database in all processes and open it again",
        cause);
  }

  /**
   * After a holder that died, or a write that failed half-way: nothing that is not ours may stay
   * behind the end.
   */
  private void takeOver() throws IOException {
    Segment next = segments.find(segment.end());
    if (next != null) {
      moveTo(next);
      control.setEnd(cursor.position());
    }
    if (Recovery.wipeTail(segment, cursor.position())) {
      sync(cursor);
    }
    tailIsDirty = false;
  }

  /** Goes on in a new segment that has room for a batch. */
  private void roll(int bytes) throws IOException {
    if (!syncs()) {
      sync(cursor);
    }
    Segments.Spare spare = spares.take(segment, SegmentHeader.BYTES + bytes);
    SegmentHeader header =
        new SegmentHeader(
            meta.log(),
            segment.end(),
            cursor.sequence(),
            cursor.position(),
            spare.capacity(),
            cursor.chain(),
            cursor.backward());
    Segment next;
    try {
      next = segments.adopt(spare, header);
    } catch (IOException | RuntimeException | Error e) {
      session.poison(); // it may have got its name or not
      throw e;
    }
    moveTo(next);
    control.setEnd(cursor.position());
    control.raiseDurable(cursor.position());
    control.force();
  }

  /** Syncs what was written without waiting for it. Called in the background, at any time. */
  void syncLater() {
    try {
      long end = control.end();
      if (closed || control.durable() >= end || session.isPoisoned()) {
        return;
      }
      Segment written = segments.holding(end);
      written.file().sync();
      control.raiseDurable(end);
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        session.poison();
        LOG.log(System.Logger.Level.ERROR, "syncing partition " + directory.getFileName(), e);
      }
    }
  }

  // --- snapshots and the end
  // ----------------------------------------------------------------------------------------

  @Override
  public long snapshotLag() {
    return cursor.position() - control.snapshot();
  }

  @Override
  public void store(Snapshot snapshot) {
    Storage.run(() -> {
      long position = snapshot.at().position();
      if (closed || position <= control.snapshot()) {
        return;
      }
      if (control.durable() < position) {
        segments.holding(position).file().sync(); // a snapshot never runs ahead of its log
        control.raiseDurable(position);
      }
      SnapshotFile.write(disk, directory, meta.log(), snapshot);
      control.setSnapshot(position);
    });
  }

  @Override
  public void close() {
    closed = true;
    spares.close();
    try {
      if (!session.isPoisoned()) {
        closeInOrder();
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "closing partition " + directory.getFileName(), e);
    } finally {
      segments.close();
      lock.close();
      control.close();
    }
  }

  private void closeInOrder() throws IOException {
    long end = control.end();
    if (control.durable() < end) {
      segments.holding(end).file().sync();
      control.raiseDurable(end);
    }
    if (!lock.tryExclusive(CLOSE_WAIT)) {
      return; // the next opening takes a little longer
    }
    boolean orderly = control.holder() == 0 && !tailIsDirty;
    control.setOpeners(control.openers() - 1);
    if (orderly && control.openers() == 0) {
      control.setClean(1);
    }
    lock.release();
  }
}
