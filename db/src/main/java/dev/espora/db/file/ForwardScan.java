package dev.espora.db.file;

import java.io.IOException;
import java.util.function.LongSupplier;

/** Reads a log from the beginning of a segment to a point that may move on. */
final class ForwardScan extends BatchScan {
  private final LogReader log;
  private final LongSupplier to;

  ForwardScan(Segments segments, long log, Segment first, LongSupplier to) {
    this.log = new LogReader(segments, log, READ_AHEAD, first, first.header().start());
    this.to = to;
  }

  @Override
  boolean readBatch() throws IOException {
    long end = to.getAsLong();
    if (log.at().position() >= end) {
      return false;
    }
    if (!log.read(end)) {
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
