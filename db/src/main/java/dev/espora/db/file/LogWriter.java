package dev.espora.db.file;

import dev.espora.db.Batch;
import dev.espora.db.codec.Output;
import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a log that nobody else can see yet, out of batches of another one. Durable after {@link
 * #finish}. Not safe for use by several threads.
 */
final class LogWriter implements AutoCloseable {
  private final long log;
  private final Segments segments;
  private final LogPoint begin;
  private final Batch batch = new Batch();
  private Segment segment;
  private LogPoint at;
  private long batches;

  /**
   * @param begin position and sequence to begin with
   */
  LogWriter(Disk disk, Path directory, long log, LogPoint begin) throws IOException {
    this.log = log;
    this.begin = begin;
    this.segments = new Segments(disk, directory, log);
    SegmentHeader header =
        new SegmentHeader(
            log,
            begin.position(),
            begin.sequence(),
            SegmentHeader.NONE,
            Segments.FIRST_BYTES,
            0,
            0);
    this.segment = segments.adopt(segments.prepare(Segments.FIRST_BYTES), header);
    this.at = header.start();
  }

  /** Appends a copy of a batch that was read. */
  void append(BatchReader source) throws IOException {
    batch.clear();
    source.forEach((_, schema, payload) -> {
      Output out = batch.beginEvent(schema);
      out.writeBytes(payload.readBytes(payload.remaining()));
      batch.endEvent();
    });
    if (at.position() + batch.size() > segment.end() && at.position() > segment.base()) {
      roll();
    }
    LogPoint next = Mark.seal(batch, at, log, 0);
    segment.file().write(batch.array(), 0, batch.size(), segment.offset(at.position()));
    at = next;
    batches++;
  }

  private void roll() throws IOException {
    segment.file().sync();
    long capacity =
        Math.max(
            Math.min(Segments.MOST_BYTES, segment.header().capacity() * 2),
            SegmentHeader.BYTES + batch.size());
    SegmentHeader header =
        new SegmentHeader(
            log, at.position(), at.sequence(), segment.base(), capacity, at.chain(), at.backward());
    segment = segments.adopt(segments.prepare(capacity), header);
    at = header.start();
  }

  void finish() throws IOException {
    segment.file().sync();
  }

  /** Where the log begins. */
  long begin() {
    return begin.position();
  }

  /** Where the next batch goes. */
  LogPoint at() {
    return at;
  }

  /** The base of the segment that it ends in. */
  long last() {
    return segment.base();
  }

  long batches() {
    return batches;
  }

  long records() {
    return at.sequence() - begin.sequence();
  }

  @Override
  public void close() {
    segments.close();
  }
}
