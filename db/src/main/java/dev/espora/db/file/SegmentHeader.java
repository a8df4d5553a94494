package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import java.nio.file.Path;

/**
 * The beginning of a segment. It is durable before its file gets its name, so a named segment
 * always has a whole one; that it exists proves that everything before it is durable.
 *
 * <pre>
 *  0  ESPORA S 1          kind and version
 *  8  long  log           the identity of the partition's log, random
 * 16  long  base          position of the first byte behind this header: where the segment before ends
 * 24  long  sequence      events in the segments before
 * 32  long  previous      base of the segment before, -1 in the first
 * 40  long  capacity      bytes of this file, zero-filled where nothing is written
 * 48  int   chain         the checksum that ends the segment before, 0 in the first
 * 52  int   backward      bytes of the last batch before
 * 56  int   0
 * 60  int   checksum      CRC32C of bytes 0 to 59; the first batch is chained to it
 * </pre>
 */
record SegmentHeader(
    long log, long base, long sequence, long previous, long capacity, int chain, int backward) {
  static final int BYTES = 64;

  /** A segment is made for a batch at most, and a batch is one array. */
  private static final long MOST_BYTES = (1L << 31) + BYTES;

  /** What {@link #previous} is in the first segment of a log. */
  static final long NONE = -1;

  byte[] encode() {
    Output out = new Output(BYTES);
    FileKind.SEGMENT.write(out);
    out.writeLong(log);
    out.writeLong(base);
    out.writeLong(sequence);
    out.writeLong(previous);
    out.writeLong(capacity);
    out.writeInt(chain);
    out.writeInt(backward);
    out.writeInt(0);
    out.writeInt(Checksum.of(out.array(), 0, out.size()));
    return out.toByteArray();
  }

  static SegmentHeader decode(byte[] bytes, Path file) {
    FileKind.SEGMENT.check(bytes, file);
    if (bytes.length < BYTES || Checksum.of(bytes, 0, BYTES - 4) != checksum(bytes)) {
      throw new DatabaseException.Corrupt(file, 0, "the header's checksum is wrong");
    }
    Input in = new Input(bytes, FileKind.BYTES, BYTES - FileKind.BYTES);
    SegmentHeader header =
        new SegmentHeader(
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readInt(),
            in.readInt());
    if (header.capacity < BYTES || header.capacity > MOST_BYTES || header.base < 0) {
      throw new DatabaseException.Corrupt(
          file, 40, "no segment has " + header.capacity + " bytes at " + header.base);
    }
    return header;
  }

  private static int checksum(byte[] bytes) {
    return new Input(bytes, BYTES - 4, 4).readInt();
  }

  /** Where the first batch goes. */
  LogPoint start() {
    return new LogPoint(base, sequence, checksum(encode()), backward);
  }

  /** The same place as the segment before sees it. */
  LogPoint before() {
    return new LogPoint(base, sequence, chain, backward);
  }

  /** The position behind the bytes that the file was made for. */
  long end() {
    return base + capacity - BYTES;
  }

  /** Whether this segment goes on exactly where the log stands. */
  boolean follows(LogPoint point) {
    return before().equals(point);
  }
}
