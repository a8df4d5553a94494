package dev.espora.db.file;

import dev.espora.db.Journal;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Keeps the segments that there are open, so that what is released meanwhile can still be read. */
final class PinnedReader implements Journal.Reader {
  private final Segments segments;
  private final NavigableMap<Long, Segment> pinned;
  private boolean closed;

  PinnedReader(Segments segments) throws IOException {
    this.segments = segments;
    this.pinned = segments.pin();
  }

  @Override
  public Journal.@Nullable Event read(long position) {
    Map.Entry<Long, Segment> entry = pinned.lowerEntry(position);
    return entry == null ? null : Storage.call(() -> RecordReader.read(entry.getValue(), position));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      segments.unpin();
    }
  }
}
