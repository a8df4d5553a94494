package dev.espora.db.file;

import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Goes through a log batch by batch, and through each batch event by event, in one direction. */
abstract class BatchScan implements Journal.EventScan {
  static final int READ_AHEAD = 1 << 16;

  private final List<Event> events = new ArrayList<>();
  private int index;
  private boolean within;

  /** An event of the batch at hand. */
  private record Event(long position, int schema, byte[] payload) {}

  /**
   * Reads the next batch in the scan's direction, gives its events to {@link #add} in the order of
   * the log, and says whether there is one.
   */
  abstract boolean readBatch() throws IOException;

  /** The index to begin with among so many events. */
  abstract int first(int count);

  /** The index that follows another. */
  abstract int after(int index);

  final void add(long position, int schema, Input payload) {
    events.add(new Event(position, schema, payload.readBytes(payload.remaining())));
  }

  @Override
  public boolean next() {
    if (within) {
      index = after(index);
    }
    within = true;
    while (index < 0 || index >= events.size()) {
      events.clear();
      if (!Storage.call(this::readBatch)) {
        within = false; // a later call may find more
        return false;
      }
      index = first(events.size());
    }
    return true;
  }

  @Override
  public long position() {
    return events.get(index).position;
  }

  @Override
  public int schema() {
    return events.get(index).schema;
  }

  @Override
  public Input payload() {
    return new Input(events.get(index).payload);
  }

  @Override
  public void close() {
    events.clear();
  }
}
