package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.PartitionKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a log after all processes that wrote it are gone, and makes it the durable end.
 *
 * <p>The log ends at the first place where no whole batch follows. That is its torn end if nothing
 * proves that the place was durable once; then what lies behind is wiped, since its sender was
 * never told that it is stored. It is damage if the control block says so, or a later mark that was
 * written when the place was durable, or a later segment; then nothing is touched, and the file and
 * the byte are named.
 */
final class Recovery {
  private static final int CHUNK = 1 << 18;

  private final Segments segments;
  private final long log;
  private final long witnessed;
  private final LogReader reader;

  /**
   * @param witnessed a position up to which the log is known to have been durable
   */
  Recovery(Segments segments, long log, long witnessed, LogPoint start) throws IOException {
    this.segments = segments;
    this.log = log;
    this.witnessed = witnessed;
    this.reader = new LogReader(segments, log, 1 << 20, segments.holding(start.position()), start);
  }

  /**
   * Where reading begins: behind the newest snapshot, or at the beginning of a log that says
   * everything itself.
   *
   * @param first where the log begins
   * @throws DatabaseException.Corrupt if the beginning was released and nothing stands in for it
   */
  static LogPoint start(
      Segments segments,
      PartitionMeta meta,
      @Nullable LogPoint snapshot,
      long first,
      Path directory)
      throws IOException {
    if (snapshot != null && snapshot.position() >= first) {
      return snapshot;
    }
    if (first > 0 && meta.kind() != PartitionKind.STORE) {
      throw new DatabaseException.Corrupt(
          directory, 0, "the snapshot is missing that stands for the log before " + first);
    }
    return segments.at(first).header().start();
  }

  /**
   * Finds the end of the log and refuses it where something proves that it was longer. Changes
   * nothing.
   *
   * @return the end
   * @throws DatabaseException.Corrupt if the log is damaged
   */
  LogPoint find(Tail tail) throws IOException {
    do {
      long limit = reader.segment().limit();
      while (reader.readHere(limit)) {
        reader.skip();
      }
    } while (reader.goOn());
    String problem = reader.problem() == null ? "nothing is there" : reader.problem();
    LogPoint end = reader.at();
    if (end.position() < witnessed) {
      throw reader.corrupt("the log was durable up to position " + witnessed + " once; " + problem);
    }
    long last = segments.bases().getLast();
    if (last != reader.segment().base()) {
      throw reader.corrupt("a later segment exists, so this was durable once; " + problem);
    }
    if (tail == Tail.UNKNOWN) {
      refuseDurableMarksBehind(problem);
    }
    return end;
  }

  /** Makes the end that was found the durable end: wipes what lies behind it. */
  void settle(Tail tail) throws IOException {
    if (tail == Tail.UNKNOWN) {
      wipeTail(reader.segment(), reader.at().position());
      writeAgain(reader.segment(), witnessed, reader.at().position());
      reader.segment().file().sync();
    }
  }

  /**
   * Writes again what was not known durable: after a sync that failed, the system may show bytes
   * that it takes for written, and no later sync would write them.
   */
  private static void writeAgain(Segment segment, long from, long end) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (long position = Math.max(from, segment.base()); position < end; position += CHUNK) {
      int wanted = (int) Math.min(CHUNK, end - position);
      int length = segment.file().read(chunk, 0, wanted, segment.offset(position));
      segment.file().write(chunk, 0, length, segment.offset(position));
    }
  }

  /** The segment that the log ends in. */
  Segment last() {
    return reader.segment();
  }

  /** What is known of the bytes behind the end. */
  enum Tail {
    ZERO,
    UNKNOWN
  }

  private void refuseDurableMarksBehind(String problem) throws IOException {
    if (durableMarkBehind(reader.segment(), log, reader.at().position()) >= 0) {
      throw reader.corrupt(
          "a later batch says that this was durable when it was written; " + problem);
    }
  }

  /**
   * The position of the first mark behind an end that says that more was durable when it was
   * written, or -1.
   */
  static long durableMarkBehind(Segment segment, long log, long end) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] chunk = new byte[CHUNK + Mark.BYTES];
    long limit = segment.limit();
    for (long position = end; position < limit; position += CHUNK) {
      int length = segment.file().read(chunk, 0, chunk.length, segment.offset(position));
      if (isZero(chunk, length)) {
        continue;
      }
      for (int i = 0; i + Mark.BYTES <= length && i < CHUNK; i++) {
        if (Mark.word(chunk, i) == Mark.WORD
            && Mark.isAt(crc, chunk, i, log, position + i)
            && position + i - Mark.unsynced(chunk, i) > end) {
          return position + i;
        }
      }
    }
    return -1;
  }

  /**
   * Overwrites what is not zero behind the end of the log, also where the file was cut short.
   *
   * @return whether there was anything
   */
  static boolean wipeTail(Segment segment, long end) throws IOException {
    byte[] chunk = new byte[CHUNK];
    byte[] zeros = new byte[CHUNK];
    boolean wiped = false;
    long limit = segment.limit();
    for (long position = end; position < limit; position += CHUNK) {
      int wanted = (int) Math.min(CHUNK, limit - position);
      int length = segment.file().read(chunk, 0, wanted, segment.offset(position));
      if (length < wanted || !isZero(chunk, length)) {
        segment.file().write(zeros, 0, wanted, segment.offset(position));
        wiped = true;
      }
    }
    return wiped;
  }

  /**
   * The offset in the file of the first byte behind the end that is not zero, or -1: what a process
   * that died in the middle of a batch leaves, or rot.
   */
  static long leftBehind(Segment segment, long end) throws IOException {
    long limit = segment.limit();
    byte[] chunk = new byte[Math.clamp(limit - end, 1, CHUNK)];
    for (long position = end; position < limit; position += CHUNK) {
      int wanted = (int) Math.min(CHUNK, limit - position);
      int length = segment.file().read(chunk, 0, wanted, segment.offset(position));
      if (!isZero(chunk, length)) {
        int at = 0;
        while (chunk[at] == 0) {
          at++;
        }
        return segment.offset(position) + at;
      }
    }
    return -1;
  }

  private static boolean isZero(byte[] bytes, int length) {
    return length == 0 || (bytes[0] == 0 && Arrays.equals(bytes, 0, length - 1, bytes, 1, length));
  }
}
