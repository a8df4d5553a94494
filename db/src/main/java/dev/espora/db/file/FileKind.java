package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.codec.Output;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The first eight bytes of every file, which tell apart "not ours", "written by a newer version"
 * and "corrupt".
 *
 * <pre>
 * 0       6      7         8
 * +-------+------+---------+
 * | ESPORA| kind | version |
 * +-------+------+---------+
 * </pre>
 */
enum FileKind {
  DATABASE('D'),
  PARTITION('P'),
  CONTROL('C'),
  SEGMENT('S'),
  SNAPSHOT('N');

  static final int BYTES = 8;
  static final int VERSION = 1;

  private static final byte[] MAGIC = "ESPORA".getBytes(StandardCharsets.US_ASCII);

  private final char letter;

  FileKind(char letter) {
    this.letter = letter;
  }

  /** Writes the eight bytes. */
  void write(Output out) {
    out.writeBytes(MAGIC);
    out.writeByte(letter);
    out.writeByte(VERSION);
  }

  /** The eight bytes as one little-endian word. */
  long word() {
    long word = 0;
    for (int i = 0; i < MAGIC.length; i++) {
      word |= (long) MAGIC[i] << (8 * i);
    }
    return word | (long) letter << 48 | (long) VERSION << 56;
  }

  /**
   * Checks the beginning of a file.
   *
   * @throws DatabaseException.NotADatabase if Espora did not write it
   * @throws DatabaseException.FormatTooNew if a newer version did
   * @throws DatabaseException.Corrupt if it is another kind of file than its name says
   */
  void check(byte[] start, Path file) {
    if (start.length < BYTES || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new DatabaseException.NotADatabase(
          file + " is not a file of Espora: it does not begin with ESPORA");
    }
    int version = start[7] & 0xFF;
    if (version > VERSION) {
      throw new DatabaseException.FormatTooNew(
          file
              + " has format "
              + version
              + ", this version reads up to "
              + VERSION
              + ": use a newer Espora");
    }
    if (start[6] != letter || version != VERSION) {
      throw new DatabaseException.Corrupt(file, 6, "another kind of file than its name says");
    }
  }
}
