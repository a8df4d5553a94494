package dev.espora.ratis;

import dev.espora.db.Batch;
import dev.espora.db.Journal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * This node's copy of one partition's log, in files. It holds nothing but what the group has agreed
 * on, and may be ahead of what this node's Raft log has come to apply: its own batches are put here
 * as soon as they are acknowledged, and what the leader tells of others. Positions never change, so
 * that what comes again is known by its place.
 *
 * <p>Safe for use by several threads.
 */
final class ReplicaLog implements AutoCloseable {
  private static final int RECENT_BATCHES = 32;
  private static final int RECENT_BYTES = 32 << 10;
  private static final int MOST_RECENT_BYTES = 256 << 10;

  private final String name;
  private final Journal journal;
  private final Batch batch = new Batch();

  /** The last batches, for those who lack them. */
  private final Deque<Reply.Placed> recent = new ArrayDeque<>();

  private int recentBytes;
  private long end;
  private boolean dirty = true;

  /** Goes to the end of a journal that nobody else appends to. */
  ReplicaLog(String name, Journal journal) {
    this.name = name;
    this.journal = journal;
    var _ = journal.rewind();
    while (journal.cursor().position() != journal.end()) {
      if (!journal.readBatch((_, _, _) -> {})) {
        var _ = journal.rewind();
      }
    }
    end = journal.end();
  }

  /** Where the copy ends. */
  synchronized long end() {
    return end;
  }

  /**
   * Appends a batch, unless it is there already.
   *
   * @return false if something is missing in front of it
   * @throws IllegalStateException if something else stands in its place
   */
  synchronized boolean put(long position, byte[] records) {
    long behind = position + Batch.HEADER_BYTES + records.length;
    if (behind <= end) {
      return true;
    }
    if (position > end) {
      return false;
    }
    if (position < end) {
      throw new IllegalStateException(
          "the copy of partition " + name + " ends inside the batch at " + position);
    }
    journal.lock();
    try {
      batch.load(records);
      journal.append(batch);
    } finally {
      journal.unlock();
    }
    dirty = true;
    end = behind;
    remember(new Reply.Placed(position, records));
    notifyAll();
    return true;
  }

  private void remember(Reply.Placed placed) {
    recent.addLast(placed);
    recentBytes += placed.bytes().length;
    int most = Math.clamp(placed.bytes().length, RECENT_BYTES, MOST_RECENT_BYTES);
    while (!recent.isEmpty() && (recent.size() > RECENT_BATCHES || recentBytes > most)) {
      recentBytes -= recent.removeFirst().bytes().length;
    }
  }

  /** The batches from a position on, if all of them are at hand; else none. */
  synchronized List<Reply.Placed> since(long position) {
    List<Reply.Placed> since = new ArrayList<>();
    for (Reply.Placed each : recent) {
      if (each.position() >= position) {
        since.add(each);
      }
    }
    return since.isEmpty() || since.getFirst().position() == position ? since : List.of();
  }

  /**
   * Waits until the copy ends at a position or behind it; an interrupt does not end the wait.
   *
   * @return whether it does
   */
  synchronized boolean awaitEnd(long position, long mostNanos) {
    long deadline = System.nanoTime() + mostNanos;
    boolean interrupted = false;
    while (end < position) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        break;
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return end >= position;
  }

  synchronized void release(long before) {
    journal.release(before);
  }

  synchronized void forgetReleased() {
    journal.forgetReleased();
  }

  /** Makes all of it withstand a power cut. */
  synchronized void sync() {
    if (dirty) {
      journal.sync();
      dirty = false;
    }
  }

  @Override
  public synchronized void close() {
    journal.close();
  }
}
