package dev.espora.db.file;

import java.io.IOException;

/** Reads a log from a point back to its beginning; the newest costs only what it reads. */
final class BackwardScan extends BatchScan {
  private Segment segment;
  private long end;
  private int bytes;

  BackwardScan(Segments segments, long log, LogPoint from) {
    super(segments, log);
    this.segment = Storage.call(() -> segments.holding(from.position()));
    this.end = from.position();
    this.bytes = from.backward();
  }

  @Override
  boolean readBatch() throws IOException {
    while (bytes > 0 && segment.offset(end) == SegmentHeader.BYTES) {
      end = segment.header().previousEnd();
      segment = segments.holding(end);
    }
    if (bytes == 0) {
      return false;
    }
    long start = end - bytes;
    if (reader.read(segment, start, end) != BatchReader.Found.BATCH
        || reader.next().position() != end) {
      throw damaged(segment, start);
    }
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
