package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Goes through a log batch by batch, and through each batch event by event, in one direction. */
abstract class BatchScan implements Journal.EventScan {
  private static final int READ_AHEAD = 1 << 16;

  final Segments segments;
  final BatchReader reader;

  private final List<Event> events = new ArrayList<>();
  private int index;
  private boolean within;

  /** An event of the batch at hand. */
  private record Event(int schema, byte[] payload) {}

  BatchScan(Segments segments, long log) {
    this.segments = segments;
    this.reader = new BatchReader(log, READ_AHEAD);
  }

  /**
   * Reads the next batch in the scan's direction into {@link #reader}, and says whether there is
   * one.
   */
  abstract boolean readBatch() throws IOException;

  /** The index to begin with among so many events. */
  abstract int first(int count);

  /** The index that follows another. */
  abstract int after(int index);

  @Override
  public boolean next() {
    if (within) {
      index = after(index);
    }
    within = true;
    while (index < 0 || index >= events.size()) {
      events.clear();
      if (!Storage.call(this::readBatch)) {
        within = false;
        return false;
      }
      reader.forEach((schema, payload) ->
          events.add(new Event(schema, payload.readBytes(payload.remaining()))));
      index = first(events.size());
    }
    return true;
  }

  @Override
  public int schema() {
    return events.get(index).schema;
  }

  @Override
  public Input payload() {
    return new Input(events.get(index).payload);
  }

  DatabaseException damaged(Segment segment, long position) {
    return new DatabaseException.Corrupt(
        segment.path(),
        segment.offset(position),
        "a batch that is durable cannot be read; " + reader.problem());
  }

  @Override
  public void close() {
    events.clear();
  }
}
