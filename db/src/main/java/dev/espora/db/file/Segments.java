package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of one partition, opened as they are needed. Safe for use by several threads;
 * other processes may add segments, and release the oldest, at any time.
 */
final class Segments implements AutoCloseable {
  /** What a partition begins with, so that thousands of small ones cost little. */
  static final long FIRST_BYTES = 1 << 16;

  /** What segments grow to, each twice as long as the one before. */
  static final long MOST_BYTES = 64 << 20;

  static final String SUFFIX = ".log";
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
  private final ConcurrentSkipListMap<Long, Handle> known = new ConcurrentSkipListMap<>();

  private final List<Segment> retired = new ArrayList<>();
  private int pins;

  Segments(Disk disk, Path directory, long log) {
    this.disk = disk;
    this.directory = directory;
    this.log = log;
  }

  /** A segment that exists, opened when it is first used. */
  private static final class Handle {
    private volatile @Nullable Segment segment;
  }

  /** A file with room for a segment, zero-filled and durable, that has no name of its own yet. */
  record Spare(Path path, DiskFile file, long capacity) {}

  /** Learns of the segments that are in the directory now. */
  void refresh() throws IOException {
    for (long base : bases()) {
      known.putIfAbsent(base, new Handle());
    }
  }

  /** The bases of all segments in the directory, lowest first. */
  List<Long> bases() throws IOException {
    return bases(disk, directory);
  }

  /** The bases of all segments in a directory, lowest first. */
  static List<Long> bases(Disk disk, Path directory) throws IOException {
    List<Long> bases = new ArrayList<>();
    for (String name : disk.list(directory)) {
      if (name.endsWith(SUFFIX)) {
        bases.add(base(name, directory.resolve(name)));
      }
    }
    return bases;
  }

  /** The name of the segment of a base. */
  static String name(long base) {
    return "%016x".formatted(base) + SUFFIX;
  }

  /** The base that a segment's name says. */
  static long base(String name, Path path) {
    try {
      return Long.parseLong(name, 0, name.length() - SUFFIX.length(), 16);
    } catch (NumberFormatException e) {
      throw new DatabaseException.Corrupt(
          path, 0, "a segment's name is its base in hexadecimal digits");
    }
  }

  /**
   * The segment that begins at a base.
   *
   * @throws DatabaseException.Corrupt if it is missing or damaged
   */
  Segment at(long base) throws IOException {
    Segment segment = find(base);
    if (segment == null) {
      throw missing(base);
    }
    return segment;
  }

  /** The segment that begins at a base, or null if there is none. */
  @Nullable Segment find(long base) throws IOException {
    Handle handle = known.get(base);
    if (handle == null) {
      if (!disk.exists(path(base))) {
        return null;
      }
      handle = known.computeIfAbsent(base, _ -> new Handle());
    }
    return open(base, handle);
  }

  private @Nullable Segment open(long base, Handle handle) throws IOException {
    Segment segment = handle.segment;
    if (segment != null) {
      return segment;
    }
    synchronized (handle) {
      if (handle.segment == null && known.get(base) == handle) {
        try {
          handle.segment = load(base);
        } catch (NoSuchFileException e) {
          known.remove(base, handle); // another process has released it
        }
      }
      return handle.segment;
    }
  }

  private Segment load(long base) throws IOException {
    Path path = path(base);
    DiskFile file = disk.open(path);
    try {
      byte[] start = new byte[SegmentHeader.BYTES];
      int read = file.read(start, 0, start.length, 0);
      SegmentHeader header =
          SegmentHeader.decode(read < start.length ? Arrays.copyOf(start, read) : start, path);
      if (header.log() != log || header.base() != base) {
        throw new DatabaseException.Corrupt(path, 8, "it belongs to another partition or place");
      }
      return new Segment(path, header, file);
    } catch (RuntimeException | Error | IOException e) {
      file.close();
      throw e;
    }
  }

  /**
   * The segment with the bytes in front of a position, among those that are known here; null if it
   * was released.
   */
  @Nullable Segment before(long position) throws IOException {
    Map.Entry<Long, Handle> entry = known.lowerEntry(position);
    return entry == null ? null : open(entry.getKey(), entry.getValue());
  }

  /**
   * The segment with the bytes in front of a position, or where there are none before it, behind
   * it.
   *
   * @throws DatabaseException.Corrupt if it is missing
   */
  Segment holding(long position) throws IOException {
    Segment segment = before(position);
    if (segment == null) {
      segment = find(position);
    }
    if (segment == null || position > segment.limit()) {
      throw missing(position);
    }
    return segment;
  }

  DatabaseException.Corrupt missing(long position) {
    return new DatabaseException.Corrupt(path(position), 0, "the segment is missing");
  }

  /**
   * Checks that each segment goes on where the one before it ends.
   *
   * @param first where the log begins
   * @throws DatabaseException.Corrupt if one is missing or its header damaged
   */
  void checkUnbroken(long first) throws IOException {
    List<Long> bases = bases();
    if (bases.isEmpty() || bases.getFirst() != first) {
      throw missing(first);
    }
    for (int i = 1; i < bases.size(); i++) {
      Segment segment = at(bases.get(i));
      if (segment.header().previous() != bases.get(i - 1)) {
        throw missing(segment.header().previous());
      }
    }
  }

  /** Forgets and deletes the segments that hold nothing at or behind a position. */
  void release(long position, Release release) throws IOException {
    List<Long> bases = bases();
    for (int i = 0; i + 1 < bases.size() && bases.get(i + 1) <= position; i++) {
      forget(bases.get(i));
      if (release == Release.DELETE) {
        delete(path(bases.get(i)));
      }
    }
    for (long base : known.headMap(position).keySet()) {
      Long next = known.higherKey(base);
      if (next != null && next <= position) {
        forget(base); // deleted by another process
      }
    }
  }

  /** What is to become of segments that nobody needs. */
  enum Release {
    DELETE,
    /** Another process deletes them. */
    FORGET
  }

  private void forget(long base) {
    Handle handle = known.remove(base);
    if (handle != null) {
      synchronized (handle) {
        if (handle.segment != null) {
          retire(handle.segment);
        }
      }
    }
  }

  private synchronized void retire(Segment segment) {
    if (pins == 0) {
      segment.close();
    } else {
      retired.add(segment);
    }
  }

  /**
   * Opens all segments there are. Whatever is released from now on stays open until {@link #unpin}
   * was called as often as this.
   */
  NavigableMap<Long, Segment> pin() throws IOException {
    synchronized (this) {
      pins++;
    }
    try {
      NavigableMap<Long, Segment> all = new TreeMap<>();
      for (long base : known.keySet()) {
        Segment segment = find(base);
        if (segment != null) {
          all.put(base, segment);
        }
      }
      return all;
    } catch (RuntimeException | Error | IOException e) {
      unpin();
      throw e;
    }
  }

  synchronized void unpin() {
    pins--;
    if (pins == 0) {
      retired.forEach(Segment::close);
      retired.clear();
    }
  }

  private void delete(Path path) throws IOException {
    try {
      disk.delete(path);
    } catch (NoSuchFileException e) {
      // another process was faster
    }
  }

  /** Bytes of all segment files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (long base : known.keySet()) {
      Segment segment = find(base);
      bytes += segment == null ? 0 : segment.limit() - base + SegmentHeader.BYTES;
    }
    return bytes;
  }

  /** Makes a file ready to become a segment. It costs the time to write all of it. */
  Spare prepare(long capacity) throws IOException {
    Preparation preparation = new Preparation(capacity);
    while (!preparation.step()) {
      // goes on
    }
    return preparation.spare;
  }

  /** A file that is made ready a piece at a time. */
  final class Preparation {
    private final Spare spare;
    private long written;

    /** Creates the file. */
    Preparation(long capacity) throws IOException {
      String name =
          "spare-" + ProcessHandle.current().pid() + "-" + TEMPORARY.incrementAndGet() + ".tmp";
      Path path = directory.resolve(name);
      spare = new Spare(path, disk.create(path), capacity);
    }

    Spare spare() {
      return spare;
    }

    /** Writes and syncs the next piece; says whether it was the last. If it fails, all is gone. */
    boolean step() throws IOException {
      long to = Math.min(spare.capacity, written + SYNC_EVERY_BYTES);
      try {
        while (written < to) {
          int length = (int) Math.min(ZEROS.length, to - written);
          spare.file.write(ZEROS, 0, length, written);
          written += length;
        }
        spare.file.sync();
        return written == spare.capacity;
      } catch (RuntimeException | Error | IOException e) {
        discard(spare);
        throw e;
      }
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

  /**
   * Gives a spare file its header and its name, which {@link #syncNames} makes durable. If that
   * fails the spare is gone.
   */
  Segment adopt(Spare spare, SegmentHeader header) throws IOException {
    Path path = path(header.base());
    try {
      spare.file().write(header.encode(), 0, SegmentHeader.BYTES, 0);
      spare.file().sync();
      disk.rename(spare.path(), path);
    } catch (RuntimeException | Error | IOException e) {
      discard(spare);
      throw e;
    }
    Segment segment = new Segment(path, header, spare.file());
    Handle handle = new Handle();
    handle.segment = segment;
    known.put(header.base(), handle);
    return segment;
  }

  /** Makes the names of the segments durable. */
  void syncNames() throws IOException {
    disk.syncDirectory(directory);
  }

  private Path path(long base) {
    return directory.resolve(name(base));
  }

  @Override
  public void close() {
    known.keySet().forEach(this::forget);
    synchronized (this) {
      retired.forEach(Segment::close);
      retired.clear();
    }
  }
}
