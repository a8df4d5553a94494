package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of one partition, opened as they are needed. Safe for use by several threads;
 * other processes may add segments at any time.
 */
final class Segments implements AutoCloseable {
  /** What a partition begins with, so that thousands of small ones cost little. */
  static final long FIRST_BYTES = 1 << 16;

  /** What segments grow to, each twice as long as the one before. */
  static final long MOST_BYTES = 64 << 20;

  private static final String SUFFIX = ".log";
  private static final byte[] ZEROS = new byte[1 << 17];

  /**
   * A long flush of a spare would hold up the syncs of commits meanwhile; several short ones do so
   * less.
   */
  private static final long SYNC_EVERY_BYTES = 256 << 10;

  private static final AtomicLong TEMPORARY = new AtomicLong();

  private final Disk disk;
  private final Path directory;
  private final long log;
  private final Map<Long, Segment> open = new ConcurrentSkipListMap<>();

  Segments(Disk disk, Path directory, long log) {
    this.disk = disk;
    this.directory = directory;
    this.log = log;
  }

  /** A file with room for a segment, zero-filled and durable, that has no name of its own yet. */
  record Spare(Path path, DiskFile file, long capacity) {}

  /** The bases of all segments, lowest first. */
  List<Long> bases() throws IOException {
    List<Long> bases = new ArrayList<>();
    for (String name : disk.list(directory)) {
      if (name.endsWith(SUFFIX)) {
        try {
          bases.add(Long.parseLong(name, 0, name.length() - SUFFIX.length(), 16));
        } catch (NumberFormatException e) {
          throw new DatabaseException.Corrupt(
              directory.resolve(name), 0, "a segment's name is its base in hexadecimal digits");
        }
      }
    }
    return bases;
  }

  /**
   * The segment that begins at a base.
   *
   * @throws DatabaseException.Corrupt if it is missing or damaged
   */
  Segment at(long base) throws IOException {
    Segment segment = find(base);
    if (segment == null) {
      throw new DatabaseException.Corrupt(path(base), 0, "the segment is missing");
    }
    return segment;
  }

  /** The segment that begins at a base, or null if there is none. */
  @Nullable Segment find(long base) throws IOException {
    Segment known = open.get(base);
    if (known != null) {
      return known;
    }
    synchronized (open) {
      known = open.get(base);
      if (known == null && disk.exists(path(base))) {
        known = load(base);
        open.put(base, known);
      }
      return known;
    }
  }

  private Segment load(long base) throws IOException {
    Path path = path(base);
    DiskFile file = disk.open(path);
    try {
      byte[] start = new byte[SegmentHeader.BYTES];
      int read = file.read(start, 0, start.length, 0);
      SegmentHeader header =
          SegmentHeader.decode(
              read < start.length ? java.util.Arrays.copyOf(start, read) : start, path);
      if (header.log() != log || header.base() != base) {
        throw new DatabaseException.Corrupt(path, 8, "it belongs to another partition or place");
      }
      return new Segment(path, header, file);
    } catch (RuntimeException | Error | IOException e) {
      file.close();
      throw e;
    }
  }

  /** The segment that holds a position, found from the files there are. */
  Segment holding(long position) throws IOException {
    long base = -1;
    for (long each : bases()) {
      if (each < position) {
        base = each;
      }
    }
    if (base < 0) {
      throw new DatabaseException.Corrupt(
          path(0), 0, "the segment that holds position " + position + " is missing");
    }
    Segment segment = at(base);
    if (position > segment.end()) {
      throw new DatabaseException.Corrupt(
          path(segment.end()), 0, "the segment that holds position " + position + " is missing");
    }
    return segment;
  }

  /**
   * Checks that each segment begins where the one before it ends.
   *
   * @throws DatabaseException.Corrupt if one is missing or its header damaged
   */
  void checkUnbroken() throws IOException {
    long expected = 0;
    for (long base : bases()) {
      if (base != expected) {
        break;
      }
      expected = at(base).end();
    }
    long last = bases().isEmpty() ? -1 : bases().getLast();
    if (expected <= last || last < 0) {
      throw new DatabaseException.Corrupt(path(expected), 0, "the segment is missing");
    }
  }

  /** Makes a file ready to become a segment. It costs the time to write all of it. */
  Spare prepare(long capacity) throws IOException {
    Path path =
        directory.resolve(
            "spare-" + ProcessHandle.current().pid() + "-" + TEMPORARY.incrementAndGet() + ".tmp");
    DiskFile file = disk.create(path);
    try {
      for (long at = 0; at < capacity; at += ZEROS.length) {
        file.write(ZEROS, 0, (int) Math.min(ZEROS.length, capacity - at), at);
        if (at % SYNC_EVERY_BYTES == SYNC_EVERY_BYTES - ZEROS.length) {
          file.sync();
        }
      }
      file.sync();
      return new Spare(path, file, capacity);
    } catch (RuntimeException | Error | IOException e) {
      discard(new Spare(path, file, capacity));
      throw e;
    }
  }

  void discard(Spare spare) {
    spare.file().close();
    try {
      disk.delete(spare.path());
    } catch (IOException e) {
      // recovery deletes what is left over
    }
  }

  /** Gives a spare file its header and name, durably. */
  Segment adopt(Spare spare, SegmentHeader header) throws IOException {
    spare.file().write(header.encode(), 0, SegmentHeader.BYTES, 0);
    spare.file().sync();
    Path path = path(header.base());
    disk.rename(spare.path(), path);
    disk.syncDirectory(directory);
    Segment segment = new Segment(path, header, spare.file());
    open.put(header.base(), segment);
    return segment;
  }

  private Path path(long base) {
    return directory.resolve("%016x".formatted(base) + SUFFIX);
  }

  @Override
  public void close() {
    for (Segment segment : open.values()) {
      segment.file().close();
    }
  }
}
