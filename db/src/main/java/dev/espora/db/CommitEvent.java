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
}
