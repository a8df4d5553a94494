package dev.espora.db.file;

import java.io.IOException;

/** Reads a log from the beginning of a segment to a point. */
final class ForwardScan extends BatchScan {
  private final LogReader log;
  private final long to;

  ForwardScan(Segments segments, long log, Segment first, LogPoint to) {
    this.log = new LogReader(segments, log, READ_AHEAD, first, first.header().start());
    this.to = to.position();
  }

  @Override
  boolean readBatch() throws IOException {
    if (log.at().position() >= to) {
      return false;
    }
    if (!log.read(to)) {
      throw log.unreadable();
    }
    log.take(this::add);
    return true;
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
