package dev.espora.db.file;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

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

  /** A new one that has begun, or null if nobody records: event classes are costly to load. */
  static @Nullable RecoveryEvent begun() {
    if (!FlightRecorder.isInitialized()) {
      return null;
    }
    RecoveryEvent event = new RecoveryEvent();
    event.begin();
    return event;
  }

  void end(String name, LogPoint from, LogPoint to) {
    partition = name;
    bytes = to.position() - from.position();
    events = to.sequence() - from.sequence();
    commit();
  }
}
