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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
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

  /** The cursor. */
  private final LogReader log;

  private boolean tailIsDirty;

  /** Used by the thread alone that forgets. */
  private long forgotten;

  private volatile boolean closed;

  private volatile @Nullable Future<?> syncing;

  /** Held where a word of the control block changes that it will be sealed with. */
  private final Object closing = new Object();

  FileJournal(Opening opening, Disk disk, Durability durability, Executor background)
      throws IOException {
    this.disk = disk;
    this.directory = opening.directory();
    this.meta = opening.meta();
    this.session = opening.session();
    this.control = opening.control();
    this.lock = opening.lock();
    this.segments = opening.segments();
    this.spares = new Spares(segments, meta.kind(), control::first, background);
    this.durability = durability;
    Segment first = Objects.requireNonNull(whereTheLogBegins(segments::at));
    this.log = new LogReader(segments, meta.log(), READ_AHEAD, first, first.header().start());
  }

  /** What opening a partition's directory found. */
  record Opening(
      Path directory,
      PartitionMeta meta,
      Session session,
      Control control,
      DiskLock lock,
      Segments segments) {}

  @Override
  public List<Schema> schemas() {
    return meta.schemas();
  }

  @Override
  public int schema() {
    return meta.schema();
  }

  @Override
  public @Nullable Snapshot rewind() {
    return Storage.find(() -> whereTheLogBegins(this::rewindTo));
  }

  /** What is found from the position on where a log begins. */
  @FunctionalInterface
  private interface FromFirst<T> {
    @Nullable T find(long first) throws IOException;
  }

  /** Looks again where another process went on compacting meanwhile. */
  private <T> @Nullable T whereTheLogBegins(FromFirst<T> search) throws IOException {
    while (true) {
      long first = control.first();
      try {
        return search.find(first);
      } catch (DatabaseException | NoSuchFileException e) {
        if (control.first() == first) {
          throw e;
        }
      }
    }
  }

  private @Nullable Snapshot rewindTo(long first) throws IOException {
    Snapshot snapshot = SnapshotFile.newest(disk, directory, meta);
    segments.refresh(); // only now: the snapshot may belong to a segment that was just begun
    segments.release(first, Segments.Release.FORGET);
    LogPoint at = snapshot == null ? null : (LogPoint) snapshot.at();
    LogPoint start = Recovery.start(segments, meta, at, first, directory);
    log.moveTo(segments.holding(start.position()), start);
    return start.equals(at) ? snapshot : null; // it may be older than the log
  }

  @Override
  public long first() {
    return control.first();
  }

  @Override
  public long end() {
    session.check();
    return control.end();
  }

  @Override
  public LogPoint cursor() {
    return log.at();
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

  /** A holder that is still named died or found no room, perhaps in the middle of a batch. */
  private void locked() {
    long holder = control.holder();
    if (holder != 0 && !tailIsDirty) {
      LOG.log(
          System.Logger.Level.WARNING,
          "partition {0}: process {1} did not finish a batch, which is wiped",
          directory.getFileName(),
          Long.toString(holder));
    }
    tailIsDirty = holder != 0; // another one may have wiped what this one left
    control.setHolder(PROCESS);
  }

  @Override
  public void unlock() {
    if (!tailIsDirty) {
      control.setHolder(0); // else the next holder has to know
    }
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
  public boolean readBatch(EventSink sink) {
    return Storage.call(() -> {
      if (!isReleased() && log.read(control.end())) {
        log.take(sink);
        return true;
      }
      if (isReleased()) {
        return false;
      }
      throw log.unreadable();
    });
  }

  /** Whether another process has released the place where the cursor stands. */
  private boolean isReleased() {
    return log.at().position() < control.first();
  }

  @Override
  public @Nullable Event read(long position) {
    return Storage.find(() -> {
      Segment segment = segments.before(position);
      if (segment == null || position < control.first()) {
        return null;
      }
      try {
        return RecordReader.read(segment, position);
      } catch (IOException | DatabaseException e) {
        if (closed || position < control.first() || !segment.equals(segments.before(position))) {
          return null; // released, or all closed, while it was read
        }
        throw e;
      }
    });
  }

  @Override
  public Reader reader() {
    return Storage.call(() -> new PinnedReader(segments));
  }

  @Override
  public EventScan scan(long from, LongSupplier to) {
    return Storage.call(() -> {
      Segment first = from <= control.first() ? null : segments.before(from);
      if (first == null) {
        first = segments.at(control.first());
      }
      return new ForwardScan(segments, meta.log(), first, to);
    });
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
      } else if (control.last() != log.segment().base() && !log.goOn()) {
        throw log.corrupt("the segment behind it is missing"); // another process began it
      }
      if (!hasRoomFor(batch.size())) {
        roll(batch.size());
      }
      LogPoint at = log.at();
      Segment segment = log.segment();
      LogPoint next = Mark.seal(batch, at, meta.log(), unsynced());
      segment.file().write(batch.array(), 0, batch.size(), segment.offset(at.position()));
      long syncNanos = syncs() ? syncSegment() : 0;
      control.setEnd(next.position());
      if (syncs()) {
        control.raiseDurable(next.position()); // never ahead of the end, wherever this is killed
      }
      log.moveTo(segment, next);
      spares.consider(segment, next);
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

  /** A batch longer than an empty segment makes its file longer. */
  private boolean hasRoomFor(int bytes) {
    long position = log.at().position();
    return position + bytes <= log.segment().end() || position == log.segment().base();
  }

  private boolean syncs() {
    return durability.survivesPowerCut();
  }

  private int unsynced() {
    return (int) Math.min(Integer.MAX_VALUE, control.end() - control.durable());
  }

  private long syncSegment() throws IOException {
    long start = System.nanoTime();
    try {
      log.segment().file().sync();
    } catch (IOException | RuntimeException | Error e) {
      session.poison(); // whatever the reason: a sync is never tried again
      throw e;
    }
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
    log.goOn();
    if (control.last() != log.segment().base()) {
      segments.syncNames(); // that of the last one may not be durable yet
      control.setLast(log.segment().base());
    }
    if (Recovery.wipeTail(log.segment(), log.at().position())) {
      syncSegment();
    }
    tailIsDirty = false;
  }

  /** Goes on in a new segment that has room for a batch. */
  private void roll(int bytes) throws IOException {
    LogPoint at = log.at();
    if (!syncs()) {
      syncSegment();
      control.raiseDurable(at.position());
    }
    Segments.Spare spare = spares.take(log.segment(), SegmentHeader.BYTES + bytes);
    SegmentHeader header =
        new SegmentHeader(
            meta.log(),
            at.position(),
            at.sequence(),
            log.segment().base(),
            spare.capacity(),
            at.chain(),
            at.backward());
    Segment next = segments.adopt(spare, header);
    syncNewName();
    log.moveTo(next, at);
    control.setLast(next.base());
    control.raiseDurable(at.position());
    control.force();
  }

  /**
   * Makes the name of a segment durable that was just begun. If that could not even be tried, for
   * want of descriptors, whoever appends next sees to it.
   */
  private void syncNewName() throws IOException {
    try {
      segments.syncNames();
    } catch (DiskException e) {
      if (e.reason() != DiskException.Reason.EXHAUSTED) {
        session.poison(); // it has its name, perhaps not for long
      }
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      session.poison();
      throw e;
    }
  }

  /** Syncs what was written again and again, in the background, until the journal is closed. */
  void syncEvery(Duration period, ScheduledExecutorService background) {
    long nanos = period.toNanos();
    syncing =
        background.scheduleWithFixedDelay(this::syncLater, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Syncs what was written without waiting for it. Where a sync could not begin, for want of
   * descriptors say, a later one covers what it was for.
   */
  private void syncLater() {
    if (session.isPoisoned()) {
      return;
    }
    try {
      sync();
    } catch (RuntimeException | Error e) { // or it would not be called again
      if (closed) {
        return;
      }
      boolean begun = !(e instanceof DatabaseException.OutOfSpace || e instanceof Error);
      boolean later = !begun && !session.isPoisoned();
      if (!later) {
        session.poison();
      }
      LOG.log(
          later ? System.Logger.Level.WARNING : System.Logger.Level.ERROR,
          "syncing partition " + directory.getFileName(),
          e);
    }
  }

  // --- snapshots and the end
  // ----------------------------------------------------------------------------------------

  @Override
  public long snapshotLag() {
    return log.at().position() - control.snapshot();
  }

  @Override
  public void store(Point at, Schema schema, Iterator<byte[]> parts) {
    Storage.run(() -> {
      long position = at.position();
      synchronized (closing) {
        if (closed || position <= control.snapshot()) {
          return;
        }
        if (control.durable() < position) {
          syncAll(); // a snapshot never runs ahead of its log
        }
      }
      SnapshotFile.write(disk, directory, meta.log(), (LogPoint) at, schema, parts);
      synchronized (closing) {
        if (!closed) {
          control.raiseSnapshot(position);
        }
      }
    });
  }

  @Override
  public void release(long before) {
    Storage.run(() -> {
      long safe = Math.min(before, log.at().position() - 1); // not the segment of the cursor
      long first = control.first();
      for (long base : segments.bases()) {
        first = base <= safe ? Math.max(base, first) : first;
      }
      if (first > control.first() && raiseFirst(first)) {
        segments.release(first, Segments.Release.DELETE);
      }
    });
  }

  /** Durable, as what stands in for the rest is, before anything is gone. */
  private boolean raiseFirst(long first) throws IOException {
    synchronized (closing) {
      if (closed) {
        return false;
      }
      syncAll();
      control.raiseFirst(first);
      return true;
    }
  }

  private void syncAll() throws IOException {
    long end = control.end();
    if (control.durable() < end) {
      session.check(); // where a sync failed, here or elsewhere, none is tried again
      segments.refresh(); // another process may have gone on in a new one
      Segment last = segments.holding(end);
      try {
        last.file().sync();
      } catch (IOException | RuntimeException | Error e) {
        session.poison();
        throw e;
      }
      control.raiseDurable(end);
    }
  }

  @Override
  public void sync() {
    Storage.run(() -> {
      synchronized (closing) {
        if (!closed) {
          syncAll();
        }
      }
    });
  }

  @Override
  public void forgetReleased() {
    long safe = Math.min(control.first(), log.at().position() - 1);
    if (safe > forgotten) {
      forgotten = safe;
      Storage.run(() -> segments.release(safe, Segments.Release.FORGET));
    }
  }

  @Override
  public long storedBytes() {
    return Storage.call(() -> segments.bytes() + SnapshotFile.bytes(disk, directory));
  }

  @Override
  public @Nullable Upkeep tryUpkeep() {
    return Storage.find(() -> {
      DiskLock upkeep = disk.lock(directory.resolve(PartitionMeta.FILE));
      if (upkeep.tryExclusive()) {
        return upkeep::close;
      }
      upkeep.close();
      return null;
    });
  }

  @Override
  public void close() {
    synchronized (closing) {
      closed = true;
    }
    spares.close();
    Future<?> task = syncing;
    if (task != null) {
      task.cancel(false);
    }
    try {
      if (!session.isPoisoned()) {
        Storage.run(this::syncAll);
        leave();
      }
    } finally {
      segments.close();
      lock.close();
      control.close();
    }
  }

  /** Without it, the next opening takes a little longer. */
  private void leave() {
    try {
      if (!lock.tryExclusive(CLOSE_WAIT)) {
        return;
      }
      boolean orderly = control.holder() == 0 && !tailIsDirty;
      control.setOpeners(control.openers() - 1);
      if (orderly && control.openers() == 0) {
        control.seal();
      }
      lock.release();
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "closing partition " + directory.getFileName(), e);
    }
  }
}
