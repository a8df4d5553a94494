package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log forwards, batch by batch, from one segment into the next. Not safe for use by several
 * threads.
 */
final class LogReader {
  private final Segments segments;
  private final BatchReader reader;
  private Segment segment;
  private LogPoint at;

  /**
   * @param readAhead how many bytes to read at once where batches are smaller
   */
  LogReader(Segments segments, long log, int readAhead, Segment segment, LogPoint start) {
    this.segments = segments;
    this.reader = new BatchReader(log, readAhead);
    this.segment = segment;
    this.at = within(segment, start);
  }

  /** A point between two segments, as the segment behind it is chained. */
  private static LogPoint within(Segment segment, LogPoint at) {
    return segment.header().follows(at) ? segment.header().start() : at;
  }

  /** Where the next batch is expected. */
  LogPoint at() {
    return at;
  }

  /** The segment that holds that place, or held the batch before it. */
  Segment segment() {
    return segment;
  }

  /** Stands somewhere else from now on. */
  void moveTo(Segment segment, LogPoint at) {
    this.segment = segment;
    this.at = within(segment, at);
  }

  /**
   * Looks at the batch that must follow, in this segment or the next; nothing at or behind {@code
   * limit} is looked at.
   *
   * @return whether it is there whole; if not, {@link #problem} says why
   */
  boolean read(long limit) throws IOException {
    return readHere(limit) || (goOn() && readHere(limit));
  }

  /** As {@link #read}, in this segment only. */
  boolean readHere(long limit) throws IOException {
    return reader.readAt(segment, at, limit) == BatchReader.Found.BATCH;
  }

  /** Enters the segment that follows, if there is one that begins here. */
  boolean goOn() throws IOException {
    if (at.position() == segment.base()) {
      return false; // nothing is in this one, so it is the last
    }
    Segment next = segments.find(at.position());
    if (next == null) {
      return false;
    }
    if (!next.header().follows(at)) {
      throw new DatabaseException.Corrupt(
          next.path(), 0, "the segment does not follow the one before it");
    }
    segment = next;
    at = next.header().start();
    return true;
  }

  /** Hands over the events of the batch that was read, and stands behind it once all were taken. */
  void take(Journal.EventSink sink) {
    reader.forEach(sink);
    at = reader.next();
  }

  /** Stands behind the batch that was read. */
  void skip() {
    at = reader.next();
  }

  /** The batch that was read. */
  BatchReader batch() {
    return reader;
  }

  /** Why there was no batch, in words; null if there was simply nothing. */
  @Nullable String problem() {
    return reader.problem();
  }

  DatabaseException.Corrupt corrupt(String why) {
    return new DatabaseException.Corrupt(segment.path(), segment.offset(at.position()), why);
  }

  /** For a place that is known to be durable. */
  DatabaseException.Corrupt unreadable() {
    String problem = reader.problem();
    return corrupt(
        "a batch that is durable cannot be read; "
            + (problem == null ? "nothing is there" : problem));
  }
}
