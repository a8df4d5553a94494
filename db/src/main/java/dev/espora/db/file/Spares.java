package dev.espora.db.file;

import dev.espora.db.PartitionKind;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next segment's file in the background while the current one fills up, so that a batch
 * seldom waits for it. Safe for use by several threads.
 */
final class Spares implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");

  private final Segments segments;
  private final PartitionKind kind;
  private final LongSupplier first;
  private final Executor background;
  private Segments.@Nullable Spare ready;
  private boolean making;
  private boolean closed;

  /**
   * Position from which on the current segment wants a successor; a plain read in the common case.
   */
  private long threshold = Long.MIN_VALUE;

  /**
   * @param first where the log begins
   */
  Spares(Segments segments, PartitionKind kind, LongSupplier first, Executor background) {
    this.segments = segments;
    this.kind = kind;
    this.first = first;
    this.background = background;
  }

  /** Called after each batch: begins to make a spare once the segment is half full. */
  void consider(Segment segment, LogPoint reached) {
    if (reached.position() < threshold) {
      return;
    }
    long half = segment.end() - segment.header().capacity() / 2;
    if (reached.position() < half) {
      threshold = half;
      return;
    }
    threshold = segment.end();
    synchronized (this) {
      if (!making && ready == null && !closed) {
        making = true;
        try {
          background.execute(() -> make(nextCapacity(segment)));
        } catch (RejectedExecutionException | Error e) {
          making = false; // the database is being closed, or there is no thread
        }
      }
    }
  }

  /**
   * Each segment is twice as long as the one before, or where the log is compacted segment by
   * segment, a sixteenth of what there is, so that what lies empty is little beside it.
   */
  private long nextCapacity(Segment segment) {
    if (kind != PartitionKind.STORE) {
      return Math.min(Segments.MOST_BYTES, segment.header().capacity() * 2);
    }
    long retained = segment.end() - first.getAsLong();
    return Math.clamp(roundUp(retained / 16), Segments.FIRST_BYTES, Segments.MOST_BYTES);
  }

  private static long roundUp(long bytes) {
    long page = 4096;
    return (bytes + page - 1) / page * page;
  }

  private void make(long capacity) {
    try {
      goOn(segments.new Preparation(capacity));
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  /** A piece at a time, since syncs of what was acknowledged may be due on the same thread. */
  private void goOn(Segments.Preparation preparation) {
    try {
      if (preparation.step()) {
        made(preparation.spare());
      } else {
        background.execute(() -> goOn(preparation));
      }
    } catch (RejectedExecutionException e) { // the database is being closed
      segments.discard(preparation.spare());
      made(null);
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  /** Whoever waits makes one, and hears of it where that fails, too. */
  private void failed(Throwable why) {
    LOG.log(System.Logger.Level.WARNING, "no spare segment yet: " + why.getMessage());
    made(null);
  }

  private void made(Segments.@Nullable Spare spare) {
    synchronized (this) {
      making = false;
      if (spare != null && closed) {
        segments.discard(spare);
      } else {
        ready = spare;
      }
      notifyAll();
    }
  }

  /** The spare, or one made here and now, with room for so many bytes. */
  Segments.Spare take(Segment current, long bytes) throws IOException {
    Segments.Spare spare = takeReady();
    if (spare != null && spare.capacity() >= bytes) {
      return spare;
    }
    if (spare != null) {
      segments.discard(spare);
    }
    return segments.prepare(Math.max(nextCapacity(current), roundUp(bytes)));
  }

  /** One that is being made is nearer than one that is not begun. */
  private synchronized Segments.@Nullable Spare takeReady() {
    boolean interrupted = false;
    while (making) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Segments.Spare spare = ready;
    ready = null;
    return spare;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (ready != null) {
      segments.discard(ready);
      ready = null;
    }
  }
}
