package dev.espora.db.file;

import dev.espora.db.Batch;
import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import dev.espora.db.disk.FileMapping;
import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one record at a position that is known to hold one, and checks every byte of it: from
 * memory where the segment is mapped, else from the file.
 */
final class RecordReader {
  /** Bytes read in front of a record: the checksum that its own is chained to. */
  private static final int BEFORE = 4;

  /** Most records are shorter, and then one read of the file is enough. */
  private static final int GUESS = 512;

  /** Of a number of seven bits to the byte; schemas are counted in far fewer. */
  private static final int MOST_NUMBER_BYTES = 4;

  private RecordReader() {}

  /** The event of a record. */
  static Journal.Event read(Segment segment, long position) throws IOException {
    long offset = segment.offset(position) - BEFORE;
    byte[] bytes = mapped(segment, offset);
    if (bytes == null) {
      bytes = fromFile(segment, offset, position);
    }
    int length = Mark.word(bytes, BEFORE) & Batch.MAX_PAYLOAD_BYTES;
    if (Mark.word(bytes, BEFORE + 4 + length)
        != Mark.recordChecksum(new CRC32C(), bytes, BEFORE, length)) {
      throw corrupt(segment, position, "the checksum of a record is wrong");
    }
    if (!hasSchema(bytes, BEFORE + 4, length)) {
      throw corrupt(segment, position, "a record names no schema");
    }
    Input payload = new Input(bytes, BEFORE + 4, length);
    return new Journal.Event((int) payload.readUnsigned(), payload);
  }

  /** Whether a payload begins with the number of a schema. */
  static boolean hasSchema(byte[] bytes, int offset, int length) {
    int most = Math.min(length, MOST_NUMBER_BYTES);
    for (int i = offset; i < offset + most; i++) {
      if (bytes[i] >= 0) {
        return true;
      }
    }
    return false;
  }

  /** The record with what is before it, or null if it has to be read from the file. */
  private static byte @Nullable [] mapped(Segment segment, long offset) {
    FileMapping mapping = segment.mapping();
    if (mapping == null || offset + GUESS > mapping.size()) {
      return null;
    }
    try {
      int word = mapping.getInt(offset + BEFORE);
      int size = BEFORE + (word & Batch.MAX_PAYLOAD_BYTES) + Batch.RECORD_OVERHEAD;
      if (word >>> 28 != Batch.EVENT || offset + size > mapping.size()) {
        return null;
      }
      byte[] bytes = new byte[size];
      mapping.get(offset, bytes, 0, size);
      return bytes;
    } catch (IllegalStateException | InternalError e) {
      return null; // closed, or the disk fails: the file says which
    }
  }

  private static byte[] fromFile(Segment segment, long offset, long position) throws IOException {
    byte[] bytes = new byte[GUESS];
    int read = segment.file().read(bytes, 0, GUESS, offset);
    if (read < BEFORE + Batch.RECORD_OVERHEAD) {
      throw corrupt(segment, position, "the file ends here");
    }
    int word = Mark.word(bytes, BEFORE);
    int size = BEFORE + (word & Batch.MAX_PAYLOAD_BYTES) + Batch.RECORD_OVERHEAD;
    if (word >>> 28 != Batch.EVENT || offset + size > segment.file().size()) {
      throw corrupt(segment, position, "no record begins here");
    }
    if (size > read) {
      bytes = new byte[size];
      read = segment.file().read(bytes, 0, size, offset);
      if (read < size) {
        throw corrupt(segment, position, "the file ends within a record");
      }
    }
    return bytes;
  }

  private static DatabaseException.Corrupt corrupt(Segment segment, long position, String why) {
    return new DatabaseException.Corrupt(
        segment.path(), segment.offset(position), why + ", though an entry is there");
  }
}
