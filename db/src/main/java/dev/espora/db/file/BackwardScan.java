package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import java.io.IOException;

/** Reads a log from a point back to its beginning; the newest costs only what it reads. */
final class BackwardScan extends BatchScan {
  private final Segments segments;
  private final BatchReader reader;
  private Segment segment;
  private long end;
  private int bytes;

  BackwardScan(Segments segments, long log, LogPoint from) {
    this.segments = segments;
    this.reader = new BatchReader(log, READ_AHEAD);
    this.segment = Storage.call(() -> segments.holding(from.position()));
    this.end = from.position();
    this.bytes = from.backward();
  }

  @Override
  boolean readBatch() throws IOException {
    while (bytes > 0 && end == segment.base()) {
      segment = segments.at(segment.header().previous());
    }
    if (bytes == 0) {
      return false;
    }
    long start = end - bytes;
    if (reader.read(segment, start, end) != BatchReader.Found.BATCH
        || reader.next().position() != end) {
      throw new DatabaseException.Corrupt(
          segment.path(),
          segment.offset(start),
          "a batch that is durable cannot be read; " + reader.problem());
    }
    reader.forEach(this::add);
    end = start;
    bytes = reader.backward();
    return true;
  }

  @Override
  int first(int count) {
    return count - 1;
  }

  @Override
  int after(int index) {
    return index - 1;
  }
}
