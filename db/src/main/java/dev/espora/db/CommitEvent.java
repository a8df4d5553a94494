package dev.espora.db;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** One commit of a batch. */
@Name("dev.espora.Commit")
@Label("Commit")
@Category({"Espora"})
@Description("A batch of commands of one partition became durable")
@StackTrace(false)
final class CommitEvent extends Event {
  @Label("Partition")
  String partition = "";

  @Label("Events")
  int events;

  @Label("Size")
  @DataAmount
  int bytes;

  @Label("Lock wait")
  @Timespan
  long lockWait;

  @Label("Sync time")
  @Timespan
  long sync;

  private static final System.Logger LOG = System.getLogger("dev.espora.db");

  private long startNanos;

  void start() {
    startNanos = System.nanoTime();
    begin();
  }

  /** Tells the flight recorder, and the log if it took long, the wait for the lock included. */
  void report(String name, Batch batch, long lockWaitNanos, long syncNanos, long slowNanos) {
    end();
    if (shouldCommit()) {
      partition = name;
      events = batch.records();
      bytes = batch.size();
      lockWait = lockWaitNanos;
      sync = syncNanos;
      commit();
    }
    long nanos = System.nanoTime() - startNanos + lockWaitNanos;
    if (nanos > slowNanos) {
      LOG.log(
          System.Logger.Level.WARNING,
          "slow commit: partition {0}, {1} events, {2} bytes, lock wait {3} us, sync {4} us,"
              + " {5} us in all",
          name,
          batch.records(),
          batch.size(),
          lockWaitNanos / 1000,
          syncNanos / 1000,
          nanos / 1000);
    }
  }
}
