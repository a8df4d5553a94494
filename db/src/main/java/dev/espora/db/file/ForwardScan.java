package dev.espora.db.file;

import java.io.IOException;

/** Reads a log from its beginning to a point. */
final class ForwardScan extends BatchScan {
  private final long to;
  private boolean begun;
  private Segment segment;
  private LogPoint at;

  ForwardScan(Segments segments, long log, LogPoint to) {
    super(segments, log);
    this.to = to.position();
    this.segment = Storage.call(() -> segments.at(segments.bases().getFirst()));
    this.at = segment.header().start();
  }

  @Override
  boolean readBatch() throws IOException {
    if (begun) {
      at = reader.next();
    }
    begun = false;
    while (at.position() < to) {
      long limit = Math.min(to, segment.end());
      Segment next = to > segment.end() ? segments.at(segment.end()) : null;
      if (next != null && next.header().previousEnd() == at.position()) {
        segment = next;
        at = next.header().start();
        continue;
      }
      if (reader.readAt(segment, at, limit) != BatchReader.Found.BATCH) {
        throw damaged(segment, at.position());
      }
      begun = true;
      return true;
    }
    return false;
  }

  @Override
  int first(int count) {
    return 0;
  }

  @Override
  int after(int index) {
    return index + 1;
  }
}
