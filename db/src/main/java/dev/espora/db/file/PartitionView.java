package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.disk.Disk;
import dev.espora.db.tools.Condition;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a partition, looked at from outside. What it says stays true for as long as it
 * is open, whatever is released meanwhile; only {@link #currentEnd} moves.
 */
final class PartitionView implements AutoCloseable {
  private static final int READ_AHEAD = 1 << 18;

  private final DatabaseView database;
  private final Disk disk;
  private final Path directory;
  private final PartitionMeta meta;
  private final Control control;
  private final Condition condition;
  private final Segments segments;
  private final List<StoredSnapshot> snapshots = new ArrayList<>();
  private final NavigableMap<Long, Segment> opened = new TreeMap<>();
  private final List<Verification.Damage> damages = new ArrayList<>();
  private final long first;
  private final long session;
  private long statedEnd;
  private long statedSnapshot;
  private int schemas;
  private @Nullable LogPoint end;

  /** A snapshot, which can be read also when it was replaced; the newest is the last. */
  record StoredSnapshot(String name, Path path, Journal.Snapshot content) {
    LogPoint at() {
      return (LogPoint) content.at();
    }
  }

  /**
   * @param session that the partition was recovered in, read before {@code open} was found out
   */
  PartitionView(
      DatabaseView database,
      Path directory,
      PartitionMeta meta,
      Control control,
      long session,
      boolean open)
      throws IOException {
    this.database = database;
    this.disk = database.disk();
    this.directory = directory;
    this.meta = meta;
    this.schemas = meta.schemas().size();
    this.control = control;
    this.session = session;
    this.condition = condition(control, open);
    this.segments = new Segments(disk, directory, meta.log());
    try {
      this.first = openFiles();
    } catch (RuntimeException | Error | IOException e) {
      close();
      throw e;
    }
  }

  private static Condition condition(Control control, boolean open) {
    if (open) {
      return Condition.OPEN;
    }
    return control.isClean() && control.isSealed() ? Condition.CLOSED : Condition.INTERRUPTED;
  }

  /**
   * Opens everything that is in the log now, before any of it can be released.
   *
   * @return where the log begins
   */
  private long openFiles() throws IOException {
    while (true) {
      long from = control.first();
      statedSnapshot = control.snapshot(); // not behind the list of the files
      openSnapshots();
      statedEnd = control.end(); // covers the snapshots, and the segments listed after it cover it
      openSegments(from);
      if (control.first() == from) {
        return from;
      } // else somebody compacts
    }
  }

  private void openSegments(long from) throws IOException {
    opened.clear();
    for (String name : disk.list(directory)) {
      if (name.endsWith(Segments.SUFFIX)) {
        Path path = directory.resolve(name);
        try {
          long base = Segments.base(name, path);
          Segment segment = base < from ? null : segments.find(base);
          if (segment != null) {
            opened.put(base, segment);
          }
        } catch (DatabaseException | IOException e) {
          damages.add(damage(path, e));
        }
      }
    }
  }

  /** Where one is gone by the time it is opened, a newer one has its name, and is looked for. */
  private void openSnapshots() throws IOException {
    List<String> names = SnapshotFile.names(disk, directory);
    while (!areOpened(names)) {
      List<String> before = names;
      names = SnapshotFile.names(disk, directory);
      if (names.equals(before)) {
        return; // it is listed and cannot be found
      }
    }
  }

  private boolean areOpened(List<String> names) {
    snapshots.clear();
    damages.clear();
    boolean all = true;
    for (String name : names) {
      Path path = directory.resolve(name);
      try {
        snapshots.add(new StoredSnapshot(name, path, SnapshotFile.open(disk, path, meta.log())));
      } catch (NoSuchFileException e) {
        all = false;
      } catch (DatabaseException | IOException e) {
        damages.add(damage(path, e));
      }
    }
    return all;
  }

  /** What a failure to read a file says about it. */
  static Verification.Damage damage(Path path, Exception e) {
    if (e instanceof DatabaseException.Corrupt corrupt) {
      return new Verification.Damage(corrupt.file(), corrupt.offset(), corrupt.problem());
    }
    return new Verification.Damage(path, 0, String.valueOf(e.getMessage()));
  }

  Path directory() {
    return directory;
  }

  String name() {
    return String.valueOf(directory.getFileName());
  }

  PartitionMeta meta() {
    return meta;
  }

  Control control() {
    return control;
  }

  Condition condition() {
    return condition;
  }

  Segments segments() {
    return segments;
  }

  /** Where the log ended when this was opened, as the control block said. */
  long statedEnd() {
    return statedEnd;
  }

  /**
   * Where the newest snapshot stood when this was opened, as the control block said; 0 for none.
   */
  long statedSnapshot() {
    return statedSnapshot;
  }

  /**
   * How many schemas records may have: where one has a higher number, those added since this was
   * opened count as well.
   */
  int knownSchemas(int number) throws IOException {
    if (number >= schemas) {
      schemas = database.meta(directory).schemas().size();
    }
    return schemas;
  }

  /** The segments from {@link #first} on that have a valid header, by their bases. */
  NavigableMap<Long, Segment> opened() {
    return opened;
  }

  /** What could not be opened. */
  List<Verification.Damage> damages() {
    return damages;
  }

  private PartitionView requireOpened() {
    if (!damages.isEmpty()) {
      Verification.Damage damage = damages.getFirst();
      throw new DatabaseException.Corrupt(damage.file(), damage.offset(), damage.problem());
    }
    if (opened.isEmpty() || opened.firstKey() != first) {
      throw segments.missing(first);
    }
    return this;
  }

  List<StoredSnapshot> snapshots() {
    return snapshots;
  }

  /** Where the log begins. */
  long first() {
    return first;
  }

  /**
   * Finds {@link #end}.
   *
   * @return false if a process has recovered the partition meanwhile, and perhaps gone on: then
   *     what was opened does not belong to what was found
   * @throws DatabaseException.Corrupt if a file could not be opened, or the end not be reached
   */
  boolean findEnd() throws IOException {
    try {
      end = requireOpened().readToEnd();
    } catch (DatabaseException.Corrupt e) {
      if (!isRecoveredSince()) {
        throw e;
      }
    }
    return !isRecoveredSince();
  }

  private boolean isRecoveredSince() {
    return condition == Condition.INTERRUPTED && control.session() != session;
  }

  /** Where the log ended when this was opened, once that was found. */
  LogPoint end() {
    return Objects.requireNonNull(end, "not looked for");
  }

  private LogPoint readToEnd() throws IOException {
    LogPoint start = lateStart();
    if (condition == Condition.INTERRUPTED) {
      return new Recovery(segments, meta.log(), control.durable(), start)
          .find(Recovery.Tail.UNKNOWN);
    }
    LogReader log =
        new LogReader(segments, meta.log(), READ_AHEAD, segments.holding(start.position()), start);
    while (log.at().position() < statedEnd) {
      if (!log.read(statedEnd)) {
        throw log.unreadable();
      }
      log.skip();
    }
    return log.at();
  }

  /** A point as near to the end as one is known. */
  private LogPoint lateStart() {
    Segment last = opened.lastEntry().getValue();
    if (condition != Condition.INTERRUPTED && last.base() > statedEnd) {
      var before = opened.floorEntry(statedEnd); // it was begun a moment ago
      if (before == null) {
        throw segments.missing(statedEnd);
      }
      last = before.getValue();
    }
    LogPoint start = last.header().before();
    if (!snapshots.isEmpty()) {
      LogPoint snapshot = snapshots.getLast().at();
      return snapshot.position() > start.position() ? snapshot : start;
    }
    return start;
  }

  /**
   * Where the log ends now for readers.
   *
   * @param recovered where it ended when this was opened
   */
  long currentEnd(long recovered) {
    boolean recoveredSince = control.session() != session && control.session() != 0;
    return condition == Condition.INTERRUPTED && !recoveredSince ? recovered : control.end();
  }

  @Override
  public void close() {
    segments.close();
    control.close();
  }
}
