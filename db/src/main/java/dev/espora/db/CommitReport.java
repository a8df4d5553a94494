package dev.espora.db;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Measures one commit for the flight recorder, if that runs, and for the log, if the commit takes
 * long.
 */
final class CommitReport {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");

  private final long start = System.nanoTime();
  private final @Nullable CommitEvent event;

  private CommitReport(@Nullable CommitEvent event) {
    this.event = event;
  }

  /**
   * Begins to measure. Event classes are costly to load, so nobody touches them before somebody
   * records.
   */
  static CommitReport begin() {
    if (!FlightRecorder.isInitialized()) {
      return new CommitReport(null);
    }
    CommitEvent event = new CommitEvent();
    event.begin();
    return new CommitReport(event);
  }

  /** Ends the measurement; the wait for the lock came before it. */
  void end(String partition, Batch batch, long lockWait, long sync, long slow) {
    if (event != null) {
      event.end();
      if (event.shouldCommit()) {
        event.partition = partition;
        event.events = batch.records();
        event.bytes = batch.size();
        event.lockWait = lockWait;
        event.sync = sync;
        event.commit();
      }
    }
    long nanos = System.nanoTime() - start + lockWait;
    if (nanos > slow) {
      LOG.log(
          System.Logger.Level.WARNING,
          "slow commit: partition {0}, {1} events, {2} bytes, lock wait {3} us, sync {4} us,"
              + " {5} us in all",
          partition,
          batch.records(),
          batch.size(),
          lockWait / 1000,
          sync / 1000,
          nanos / 1000);
    }
  }
}
