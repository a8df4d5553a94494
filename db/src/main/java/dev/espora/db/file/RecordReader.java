package dev.espora.db.file;

import dev.espora.db.Batch;
import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import java.io.IOException;
import java.util.zip.CRC32C;

/** Reads one record at a position that is known to hold one, and checks every byte of it. */
final class RecordReader {
  /** Most records are shorter, and then one read is enough. */
  private static final int GUESS = 512;

  private RecordReader() {}

  static Journal.Event read(Segment segment, long position) throws IOException {
    byte[] bytes = new byte[GUESS];
    int start = 4; // behind the checksum before, which the record's own covers
    int read = segment.file().read(bytes, 0, GUESS, segment.offset(position) - start);
    if (read < start + Batch.RECORD_OVERHEAD) {
      throw corrupt(segment, position, "the file ends here");
    }
    int word = Mark.word(bytes, start);
    int length = word & Batch.MAX_PAYLOAD_BYTES;
    int size = start + length + Batch.RECORD_OVERHEAD;
    if (word >>> 28 != Batch.EVENT
        || segment.offset(position) + size - start > fileBytes(segment)) {
      throw corrupt(segment, position, "no record begins here");
    }
    if (size > read) {
      bytes = new byte[size];
      read = segment.file().read(bytes, 0, size, segment.offset(position) - start);
      if (read < size) {
        throw corrupt(segment, position, "the file ends within a record");
      }
    }
    if (Mark.word(bytes, start + 4 + length)
        != Mark.recordChecksum(new CRC32C(), bytes, start, length)) {
      throw corrupt(segment, position, "the checksum of a record is wrong");
    }
    Input payload = new Input(bytes, start + 4, length);
    return new Journal.Event((int) payload.readUnsigned(), payload);
  }

  /** What a file was made for, or is, if a single long batch made it longer. */
  private static long fileBytes(Segment segment) throws IOException {
    return segment.limit() - segment.base() + SegmentHeader.BYTES;
  }

  private static DatabaseException.Corrupt corrupt(Segment segment, long position, String why) {
    return new DatabaseException.Corrupt(
        segment.path(), segment.offset(position), why + ", though an entry is there");
  }
}
