package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.WireFormat;

/**
 * A file of a Raft log, read to see whether it is whole, since Ratis takes much for the end of the
 * log: a file that was cut short, one that ends in zeros, one that is missing.
 *
 * <pre>
 * log_FIRST-LAST, or log_inprogress_FIRST while entries are appended
 *
 * 0   8   "RaftLog1"
 *         for each entry: its length as a varint, the entry, CRC-32C of both, big endian
 *         zeros
 * </pre>
 *
 * @param named the last entry by its name, -1 while it is open
 * @param count of entries that are whole
 * @param end of the last entry that is whole, in bytes
 * @param term of the last entry that is whole, -1 if there is none
 * @param damage what follows them, if it is neither zeros nor the end of the file
 */
record LogSegment(
    Path file, long first, long named, long count, long end, long term, Optional<String> damage) {
  private static final Pattern NAME =
      Pattern.compile("log_(?:(\\d{1,18})-(\\d{1,18})|inprogress_(\\d{1,18}))");
  private static final byte[] MAGIC = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_BYTES = 16 << 20;

  /** Empty if the file's name is not that of a segment. */
  static Optional<LogSegment> read(Path file) throws IOException {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return Optional.empty();
    }
    boolean open = name.group(1) == null;
    long first = Long.parseLong(open ? name.group(3) : name.group(1));
    long named = open ? -1 : Long.parseLong(name.group(2));
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return Optional.of(new Scan(in).run(file, first, named));
    }
  }

  /** Whether entries are appended to it. */
  boolean open() {
    return named < 0;
  }

  /** The last entry that is whole; that before the first if none is. */
  long last() {
    return first + count - 1;
  }

  DatabaseException.Corrupt corrupt(String problem) {
    return new DatabaseException.Corrupt(file, end, problem);
  }

  /** Reads entry by entry. */
  private static final class Scan {
    private final InputStream in;
    private ByteBuffer entry = ByteBuffer.allocate(1 << 12);

    /** Bytes of the entry in the file; none behind the last one. */
    private int bytes;

    private long index;
    private long term = -1;

    private Scan(InputStream in) {
      this.in = in;
    }

    private LogSegment run(Path file, long first, long named) throws IOException {
      long count = 0;
      long end = 0;
      long term = -1;
      Optional<String> damage = Optional.of("it does not begin as a Raft log does");
      if (Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        end = MAGIC.length;
        damage = next(first);
        while (damage.isEmpty() && bytes > 0) {
          end += bytes;
          term = this.term;
          damage = next(first + ++count);
        }
      }
      return new LogSegment(file, first, named, count, end, term, damage);
    }

    /** Goes to the next entry; what is wrong with it, if anything. */
    private Optional<String> next(long expected) throws IOException {
      bytes = 0;
      entry.clear();
      int length = 0;
      int digit;
      do {
        digit = in.read();
        if (digit <= 0 && entry.position() == 0) {
          return digit < 0 || onlyZeros() ? Optional.empty() : Optional.of("zeros amid entries");
        }
        if (digit < 0 || entry.position() > 4) {
          return Optional.of("an entry is cut short, or its length is wrong");
        }
        length |= (digit & 0x7f) << (7 * entry.position());
        entry.put((byte) digit);
      } while (digit > 0x7f);
      return body(length, expected);
    }

    private boolean onlyZeros() throws IOException {
      byte[] some = new byte[1 << 16];
      for (int count = in.read(some); count > 0; count = in.read(some)) {
        for (int at = 0; at < count; at++) {
          if (some[at] != 0) {
            return false;
          }
        }
      }
      return true;
    }

    private Optional<String> body(int length, long expected) throws IOException {
      int prefix = entry.position();
      if (length <= 0 || length > MOST_BYTES) {
        return Optional.of("the length of an entry is wrong");
      }
      int rest = length + Integer.BYTES;
      if (rest > entry.remaining()) {
        entry = ByteBuffer.allocate(2 * (prefix + rest)).put(entry.flip());
      }
      if (in.readNBytes(entry.array(), prefix, rest) < rest) {
        return Optional.of("an entry is cut short");
      }
      CRC32C sum = new CRC32C();
      sum.update(entry.array(), 0, prefix + length);
      if (entry.getInt(prefix + length) != (int) sum.getValue()) {
        return Optional.of("the checksum of entry " + expected + " is wrong");
      }
      readHead(CodedInputStream.newInstance(entry.array(), prefix, length));
      if (index != expected) {
        return Optional.of("entry " + index + " stands in place of entry " + expected);
      }
      bytes = prefix + rest;
      return Optional.empty();
    }

    /** Term and index come first, as Ratis writes them. */
    private void readHead(CodedInputStream fields) throws IOException {
      term = 0;
      index = 0;
      for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case LogEntryProto.TERM_FIELD_NUMBER -> term = fields.readUInt64();
          case LogEntryProto.INDEX_FIELD_NUMBER -> index = fields.readUInt64();
          default -> {
            return;
          }
        }
      }
    }
  }
}
