package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import java.io.IOException;
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
  private final BatchReader reader;

  private Segment segment;
  private LogPoint at;
  private String problem = "";

  /**
   * @param witnessed a position up to which the log is known to have been durable
   */
  Recovery(Segments segments, long log, long witnessed, LogPoint start) throws IOException {
    this.segments = segments;
    this.log = log;
    this.witnessed = witnessed;
    this.reader = new BatchReader(log, 1 << 20);
    this.at = start;
    this.segment = segments.holding(start.position());
  }

  /**
   * Reads from the start to the end of the log.
   *
   * @param tail what is known of the bytes behind the end
   * @return the end
   * @throws DatabaseException.Corrupt if it is damaged
   */
  LogPoint run(Tail tail) throws IOException {
    while (step()) {
      // on to the next batch or segment
    }
    if (at.position() < witnessed) {
      throw corrupt("the log was durable up to position " + witnessed + " once; " + problem);
    }
    long last = segments.bases().getLast();
    if (last != segment.base()) {
      throw corrupt("a later segment exists, so this was durable once; " + problem);
    }
    if (tail == Tail.UNKNOWN) {
      refuseDurableMarksBehind();
      wipeTail(segment, at.position());
      segment.file().sync();
    }
    return at;
  }

  /** What is known of the bytes behind the end. */
  enum Tail {
    ZERO,
    UNKNOWN
  }

  private boolean step() throws IOException {
    BatchReader.Found found = reader.readAt(segment, at, segment.end());
    if (found == BatchReader.Found.BATCH) {
      at = reader.next();
      return true;
    }
    problem = found == BatchReader.Found.NOTHING ? "nothing is there" : reader.problem();
    @Nullable Segment next = segments.find(segment.end());
    if (next != null && next.header().follows(at)) {
      segment = next;
      at = next.header().start();
      return true;
    }
    return false;
  }

  private void refuseDurableMarksBehind() throws IOException {
    CRC32C crc = new CRC32C();
    byte[] chunk = new byte[CHUNK + Mark.BYTES];
    for (long position = at.position(); position < segment.end(); position += CHUNK) {
      int length = segment.file().read(chunk, 0, chunk.length, segment.offset(position));
      if (isZero(chunk, length)) {
        continue;
      }
      for (int i = 0; i + Mark.BYTES <= length && i < CHUNK; i++) {
        if (Mark.word(chunk, i) == Mark.WORD
            && Mark.isAt(crc, chunk, i, log, position + i)
            && position + i - Mark.unsynced(chunk, i) > at.position()) {
          throw corrupt("a later batch says that this was durable when it was written; " + problem);
        }
      }
    }
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
    for (long position = end; position < segment.end(); position += CHUNK) {
      int wanted = (int) Math.min(CHUNK, segment.end() - position);
      int length = segment.file().read(chunk, 0, wanted, segment.offset(position));
      if (length < wanted || !isZero(chunk, length)) {
        segment.file().write(zeros, 0, wanted, segment.offset(position));
        wiped = true;
      }
    }
    return wiped;
  }

  private static boolean isZero(byte[] bytes, int length) {
    return length == 0 || (bytes[0] == 0 && Arrays.equals(bytes, 0, length - 1, bytes, 1, length));
  }

  private DatabaseException corrupt(String why) {
    return new DatabaseException.Corrupt(segment.path(), segment.offset(at.position()), why);
  }
}
