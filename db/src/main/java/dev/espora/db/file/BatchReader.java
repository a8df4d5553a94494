package dev.espora.db.file;

import dev.espora.db.Batch;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one batch at a time and checks every byte of it before it hands out any. Not safe for use
 * by several threads.
 */
final class BatchReader {
  private final long log;
  private final int readAhead;
  private final CRC32C crc = new CRC32C();
  private final Input payload = new Input(new byte[0]);

  private byte[] buffer = new byte[0];
  private @Nullable Segment source;
  private long bufferStart;
  private int bufferLength;

  private int mark;
  private LogPoint next = new LogPoint(0, 0, 0, 0);
  private @Nullable String problem;

  /** What stands at a position. */
  enum Found {
    /** A whole batch. */
    BATCH,
    /** Zeros, or no room for a batch before the limit. */
    NOTHING,
    /** Something else; {@link #problem} says what. */
    DAMAGE
  }

  /**
   * @param readAhead how many bytes to read at once where batches are smaller
   */
  BatchReader(long log, int readAhead) {
    this.log = log;
    this.readAhead = readAhead;
  }

  /**
   * Reads the batch that must stand at a point; nothing at or behind {@code limit} is looked at.
   */
  Found readAt(Segment segment, LogPoint at, long limit) throws IOException {
    Found found = read(segment, at.position(), limit);
    if (found != Found.BATCH) {
      return found;
    }
    boolean follows =
        Mark.chain(buffer, mark) == at.chain()
            && Mark.sequence(buffer, mark) == at.sequence()
            && Mark.backward(buffer, mark) == at.backward();
    return follows ? found : damage("the batch does not follow the one before it");
  }

  /** Reads the batch that begins at a position, whatever is before it. */
  Found read(Segment segment, long position, long limit) throws IOException {
    problem = null;
    if (position + Mark.BYTES > limit) {
      return Found.NOTHING;
    }
    if (!load(segment, position, Mark.BYTES, limit)) {
      return damage("the file ends here");
    }
    if (isZero(mark, Mark.BYTES)) {
      return Found.NOTHING;
    }
    if (!Mark.isAt(crc, buffer, mark, log, position)) {
      return damage("no batch begins here");
    }
    int body = Mark.body(buffer, mark);
    if (body < Batch.RECORD_OVERHEAD
        || body > Integer.MAX_VALUE - Mark.BYTES - 8
        || position + Mark.BYTES + body > limit) {
      return damage("the batch of " + body + " bytes reaches behind the end");
    }
    if (!load(segment, position, Mark.BYTES + body, limit)) {
      return damage("the file ends within a batch");
    }
    return checkRecords(position, body);
  }

  private Found checkRecords(long position, int body) {
    int record = mark + Mark.BYTES;
    int end = record + body;
    int count = 0;
    int chain = 0;
    while (record < end) {
      int length = Mark.word(buffer, record) & Batch.MAX_PAYLOAD_BYTES;
      if (length > end - record - Batch.RECORD_OVERHEAD) {
        return damage("record " + count + " of a batch reaches behind its end");
      }
      chain = Mark.word(buffer, record + 4 + length);
      if (chain != Mark.recordChecksum(crc, buffer, record, length)) {
        return damage("the checksum of record " + count + " of a batch is wrong");
      }
      if (Mark.word(buffer, record) >>> 28 != Batch.EVENT) {
        return damage("record " + count + " of a batch is of unknown kind");
      }
      if (!RecordReader.hasSchema(buffer, record + 4, length)) {
        return damage("record " + count + " of a batch names no schema");
      }
      record += length + Batch.RECORD_OVERHEAD;
      count++;
    }
    if (count != Mark.records(buffer, mark)) {
      return damage("a batch has " + count + " records instead of " + Mark.records(buffer, mark));
    }
    next =
        new LogPoint(
            position + Mark.BYTES + body,
            Mark.sequence(buffer, mark) + count,
            chain,
            Mark.BYTES + body);
    return Found.BATCH;
  }

  /** Hands over the events of the batch read last. */
  void forEach(Journal.EventSink sink) {
    int record = mark + Mark.BYTES;
    int end = record + Mark.body(buffer, mark);
    while (record < end) {
      int length = Mark.word(buffer, record) & Batch.MAX_PAYLOAD_BYTES;
      payload.reset(buffer, record + 4, length);
      sink.event(bufferStart + record, (int) payload.readUnsigned(), payload);
      record += length + Batch.RECORD_OVERHEAD;
    }
  }

  /** The point behind the batch read last. */
  LogPoint next() {
    return next;
  }

  /** How many events are before the batch read last. */
  long sequence() {
    return Mark.sequence(buffer, mark);
  }

  /** How long the batch before the one read last is. */
  int backward() {
    return Mark.backward(buffer, mark);
  }

  /** Why the last reading found {@link Found#DAMAGE}; null if it did not. */
  @Nullable String problem() {
    return problem;
  }

  private Found damage(String problem) {
    this.problem = problem;
    return Found.DAMAGE;
  }

  /**
   * Makes {@code mark} the index in the buffer of a position with so many bytes behind it; false if
   * the file is shorter.
   */
  private boolean load(Segment segment, long position, int length, long limit) throws IOException {
    boolean within =
        segment.equals(source)
            && position >= bufferStart
            && position + length <= bufferStart + bufferLength;
    if (!within) {
      int wanted = (int) Math.max(length, Math.min(readAhead, limit - position));
      if (buffer.length < wanted) {
        if (wanted > readAhead && segment.file().size() - segment.offset(position) < wanted) {
          return false; // no memory is taken for what cannot be there
        }
        buffer = new byte[wanted];
      }
      source = null;
      bufferLength = segment.file().read(buffer, 0, wanted, segment.offset(position));
      bufferStart = position;
      source = segment;
    }
    mark = (int) (position - bufferStart);
    return length <= bufferLength - mark;
  }

  private boolean isZero(int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (buffer[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
