package dev.espora.db;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Writes a partition's state down now and then, in the background, so that opening it need not
 * replay all of its log.
 */
final class Snapshotter<S> {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");

  /** A snapshot is taken each time that so much log has gathered behind the last one. */
  private static final long LAG_BYTES = 16 << 20;

  /** What is not worth a snapshot when closing: replaying it takes a few milliseconds. */
  private static final long LAG_BYTES_CLOSING = 1 << 16;

  private final String partition;
  private final Machine<S, ?, ?, ?> machine;
  private final Journal journal;
  private final Executor background;
  private final AtomicBoolean storing = new AtomicBoolean();

  Snapshotter(String partition, Machine<S, ?, ?, ?> machine, Journal journal, Executor background) {
    this.partition = partition;
    this.machine = machine;
    this.journal = journal;
    this.background = background;
  }

  /** Called after each commit; begins a snapshot if it is time. */
  void consider(S state, Journal.Point at) {
    long lag = journal.snapshotLag();
    if (lag >= LAG_BYTES
        && lag >= 2 * machine.snapshotBytes(state)
        && storing.compareAndSet(false, true)) {
      try {
        background.execute(() -> store(state, at));
      } catch (RejectedExecutionException | Error e) {
        storing.set(false); // the database is being closed, or there is no thread
      }
    }
  }

  /** Called once, after the last commit. */
  void close(S state, Journal.Point at) {
    long lag = journal.snapshotLag();
    if (lag >= LAG_BYTES_CLOSING && lag >= machine.snapshotBytes(state) / 16) {
      store(state, at);
    }
  }

  private void store(S state, Journal.Point at) {
    try {
      journal.store(at, machine.stateSchema(), machine.write(state));
      if (machine.kind() == PartitionKind.MACHINE) {
        journal.release(at.position());
      }
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "no snapshot of partition {0}, opening it will take longer: {1}",
          partition,
          e.getMessage());
    } finally {
      storing.set(false);
    }
  }
}
