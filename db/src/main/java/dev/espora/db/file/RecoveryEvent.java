package dev.espora.db.file;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The recovery of one partition. */
@Name("dev.espora.Recovery")
@Label("Recovery")
@Category({"Espora"})
@Description("The end of a partition's log was found after all processes that wrote it had gone")
@StackTrace(false)
final class RecoveryEvent extends Event {
  @Label("Partition")
  String partition = "";

  @Label("Bytes read behind the snapshot")
  @DataAmount
  long bytes;

  @Label("Events read behind the snapshot")
  long events;
}
