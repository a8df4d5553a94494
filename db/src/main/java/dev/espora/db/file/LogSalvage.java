package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.PartitionKind;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.tools.Salvage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds the whole batches in what is left of a log. A mark can be checked wherever it stands, so
 * reading goes on at the next one behind whatever is damaged, and in the next segment where one is
 * missing. Not safe for use by several threads.
 */
final class LogSalvage implements AutoCloseable {
  private static final String GONE = "it is in no segment";
  private static final int CHUNK = 1 << 18;
  private static final int READ_AHEAD = 1 << 20;

  private final Disk disk;
  private final Path directory;
  private final PartitionMeta meta;
  private final List<Salvage.Dropped> dropped;
  private final Findings read;
  private final BatchReader reader;
  private final NavigableMap<Long, Segment> segments = new TreeMap<>();
  private final CRC32C crc = new CRC32C();
  private final LogRange stated;
  private long sequence = -1;
  private @Nullable Path pendingFile;
  private long pendingFrom;
  private long pendingTo;
  private String pendingReason = "";

  /** Takes batches in the order of the log. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes one.
     *
     * @param position that it had
     */
    void batch(long position, BatchReader batch) throws IOException;
  }

  /**
   * Opens what is left of the segments.
   *
   * @param dropped where to add what is left behind
   * @param read is told what was read
   */
  LogSalvage(
      Disk disk, Path directory, PartitionMeta meta, List<Salvage.Dropped> dropped, Findings read)
      throws IOException {
    this.disk = disk;
    this.directory = directory;
    this.meta = meta;
    this.dropped = dropped;
    this.read = read;
    this.reader = new BatchReader(meta.log(), READ_AHEAD);
    this.stated = stated();
    for (String name : disk.list(directory)) {
      if (name.endsWith(Segments.SUFFIX)) {
        open(directory.resolve(name), name, stated.first());
      }
    }
  }

  /** Where the log begins and up to where it was durable, as far as the control block tells. */
  private LogRange stated() {
    Path file = directory.resolve(FileJournals.CONTROL);
    try (Control control = Control.open(disk, file, meta.log())) {
      return new LogRange(control.first(), control.durable());
    } catch (DatabaseException | UncheckedIOException | IOException e) {
      return new LogRange(0, 0);
    }
  }

  /** A segment whose header is damaged still has its name, and its batches can be found. */
  private void open(Path path, String name, long first) throws IOException {
    DiskFile file = disk.open(path);
    SegmentHeader header;
    try {
      byte[] start = new byte[SegmentHeader.BYTES];
      int length = file.read(start, 0, start.length, 0);
      header = SegmentHeader.decode(Arrays.copyOf(start, length), path);
    } catch (DatabaseException e) {
      header = fromName(path, name, file, e);
    }
    if (header == null || header.log() != meta.log()) {
      drop(path, 0, file.size(), "a segment of another partition, or of no known place");
      file.close();
    } else if (header.base() < first) {
      file.close(); // released
    } else if (segments.putIfAbsent(header.base(), new Segment(path, header, file)) != null) {
      drop(path, 0, file.size(), "a second segment of the same place");
      file.close();
    }
  }

  private @Nullable SegmentHeader fromName(
      Path path, String name, DiskFile file, DatabaseException damage) throws IOException {
    try {
      long base = Segments.base(name, path);
      drop(path, 0, SegmentHeader.BYTES, PartitionView.damage(path, damage).problem());
      return new SegmentHeader(meta.log(), base, 0, SegmentHeader.NONE, file.size(), 0, 0);
    } catch (DatabaseException.Corrupt e) {
      return null;
    }
  }

  /** Position and sequence that the new log has to begin with. */
  LogPoint begin(PartitionKind kind, @Nullable LogPoint snapshot) {
    Map.Entry<Long, Segment> first = segments.firstEntry();
    boolean isCovered =
        first != null && (snapshot == null || first.getKey() <= snapshot.position());
    if (snapshot != null && !isCovered) {
      if (first != null) {
        dropGap(snapshot.position(), first.getKey());
      }
      return new LogPoint(snapshot.position(), snapshot.sequence(), 0, 0);
    }
    if (first != null && (snapshot != null || kind == PartitionKind.STORE)) {
      if (kind == PartitionKind.STORE && first.getKey() > stated.first() && stated.end() > 0) {
        dropGap(stated.first(), first.getKey());
      }
      return new LogPoint(first.getKey(), first.getValue().header().sequence(), 0, 0);
    }
    if (first != null && first.getKey() > 0) {
      drop(
          directory,
          0,
          0,
          "everything before position " + first.getKey() + ": " + GONE + " and no snapshot");
    }
    return new LogPoint(0, 0, 0, 0);
  }

  /** Hands over every whole batch. */
  void scan(Sink sink) throws IOException {
    Segment before = null;
    long reached = 0;
    for (Segment segment : segments.values()) {
      long previous = segment.header().previous();
      if (before != null && previous > before.base()) {
        Path missing = directory.resolve(Segments.name(previous));
        pending(
            missing, 0, SegmentHeader.BYTES + segment.base() - previous, "the segment is missing");
      } else if (before != null && reached < segment.base() && reached >= before.base()) {
        pending(
            before.path(),
            before.offset(reached),
            before.offset(segment.base()),
            "nothing is there, though the log goes on");
      }
      Long next = segments.higherKey(segment.base());
      reached = scan(segment, next == null ? Long.MAX_VALUE : next, sink);
      before = segment;
    }
    long durable = stated.end();
    if (before == null && durable > 0) {
      drop(directory, 0, 0, "all segments are missing; the log was durable up to " + durable);
    } else if (before != null && reached < durable) {
      pending(before.path(), before.offset(reached), before.offset(durable), "it was durable once");
    }
    flush(-1);
  }

  /** Returns where the bytes of this segment end that say anything. */
  private long scan(Segment segment, long next, Sink sink) throws IOException {
    long limit = Math.min(segment.limit(), next);
    long position = segment.base();
    while (true) {
      if (reader.read(segment, position, limit) == BatchReader.Found.BATCH) {
        flush(reader.sequence());
        sequence = reader.next().sequence();
        read.read(reader.next().position() - position);
        sink.batch(position, reader);
        position = reader.next().position();
      } else {
        String problem = reader.problem() == null ? "nothing is there" : reader.problem();
        long found = find(segment, position + 1, limit);
        if (found < 0) {
          return rest(segment, position, limit, problem);
        }
        pending(segment.path(), segment.offset(position), segment.offset(found), problem);
        position = found;
      }
    }
  }

  /** What is behind the last whole batch: zeros, or something that is not whole. */
  private long rest(Segment segment, long position, long limit, String problem) throws IOException {
    long end = position;
    byte[] chunk = new byte[CHUNK];
    for (long at = position; at < limit; at += CHUNK) {
      int wanted = (int) Math.min(CHUNK, limit - at);
      int length = segment.file().read(chunk, 0, wanted, segment.offset(at));
      for (int i = length - 1; i >= 0; i--) {
        if (chunk[i] != 0) {
          end = at + i + 1;
          break;
        }
      }
    }
    if (end > position) {
      pending(segment.path(), segment.offset(position), segment.offset(end), problem);
    }
    return end;
  }

  /** The position of the next whole batch, or -1. */
  private long find(Segment segment, long from, long limit) throws IOException {
    byte[] chunk = new byte[CHUNK + Mark.BYTES];
    for (long at = from; at + Mark.BYTES <= limit; at += CHUNK) {
      int wanted = (int) Math.min(chunk.length, limit - at);
      int length = segment.file().read(chunk, 0, wanted, segment.offset(at));
      for (int i = 0; i + Mark.BYTES <= length && i < CHUNK; i++) {
        if (Mark.word(chunk, i) == Mark.WORD
            && Mark.isAt(crc, chunk, i, meta.log(), at + i)
            && reader.read(segment, at + i, limit) == BatchReader.Found.BATCH) {
          return at + i;
        }
      }
    }
    return -1;
  }

  /** What is dropped is told together with how many records it held, once that is known. */
  private void pending(Path file, long from, long to, String reason) {
    flush(-1);
    pendingFile = file;
    pendingFrom = from;
    pendingTo = to;
    pendingReason = reason;
  }

  private void flush(long next) {
    Path file = pendingFile;
    if (file != null) {
      boolean counted = next >= 0 && sequence >= 0 && next > sequence;
      String count = counted ? "; records lost: " + (next - sequence) : "";
      drop(file, pendingFrom, pendingTo, pendingReason + count);
      pendingFile = null;
    }
  }

  private void dropGap(long from, long to) {
    drop(directory, 0, 0, "from position " + from + " to " + to + ": " + GONE);
  }

  private void drop(Path file, long from, long to, String reason) {
    dropped.add(new Salvage.Dropped(file, from, to, reason));
  }

  @Override
  public void close() {
    segments.values().forEach(segment -> segment.file().close());
  }
}
