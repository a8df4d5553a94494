package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Durability;
import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Schema;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskLock;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An open database directory.
 *
 * <pre>
 * espora              what it is; written last, so that its presence means the rest is there
 * control             shared memory of the session
 * open.lock           held while a process opens the database or creates a partition
 * alive.lock          shared by every process that has the database open
 * partitions/NAME/    partition, control, lock, BASE.log …, POSITION.snapshot
 * </pre>
 */
final class FileJournals implements Medium.Journals {
  static final String IDENTITY = "espora";
  static final String PARTITIONS = "partitions";
  static final String LOCK = "lock";
  static final String CONTROL = "control";

  /**
   * What may stand in a directory that is about to become a database: leavings of a start that was
   * cut short.
   */
  private static final Set<String> TOLERATED =
      Set.of(
          Session.OPENING,
          Session.ALIVE,
          Session.CONTROL,
          PARTITIONS,
          "control.tmp",
          "espora.tmp",
          "up.lock");

  private static final long WATCH_SECONDS = 1;

  private final Disk disk;
  private final Path directory;
  private final Options options;
  private final ScheduledExecutorService background;
  private final Session session;

  private FileJournals(
      Disk disk,
      Path directory,
      Options options,
      ScheduledExecutorService background,
      Session session) {
    this.disk = disk;
    this.directory = directory;
    this.options = options;
    this.background = background;
    this.session = session;
  }

  static FileJournals open(
      Disk disk, Path directory, Options options, ScheduledExecutorService background)
      throws IOException {
    prepareDirectory(disk, directory);
    try (DiskLock _ = Session.lockOpening(disk, directory, options.limits().lockWait())) {
      Path identity = directory.resolve(IDENTITY);
      if (!disk.exists(identity)) {
        create(disk, directory);
      }
      checkIdentity(disk, identity);
      requireDirectory(disk, directory.resolve(PARTITIONS));
      disk.syncDirectory(directory);
      Session session = Session.open(disk, directory, options.durability());
      var _ =
          background.scheduleWithFixedDelay(
              session::watchPlace, WATCH_SECONDS, WATCH_SECONDS, TimeUnit.SECONDS);
      return new FileJournals(disk, directory, options, background, session);
    }
  }

  /**
   * Makes sure that there is a directory that is ours or may become ours; changes nothing in one
   * that is not.
   */
  private static void prepareDirectory(Disk disk, Path directory) throws IOException {
    if (!disk.exists(directory)) {
      Storage.createDirectories(disk, directory);
    }
    if (!disk.isDirectory(directory)) {
      throw new DatabaseException.NotADatabase(directory + " is a file, not a directory");
    }
    List<String> names = disk.list(directory);
    if (names.contains(IDENTITY)) {
      return;
    }
    for (String name : names) {
      if (!TOLERATED.contains(name)) {
        throw new DatabaseException.NotADatabase(
            directory
                + " holds "
                + name
                + " and is no Espora database: give an empty or new directory");
      }
    }
    if (!names.contains(Session.OPENING)) {
      Session.createOpeningLock(disk, directory);
    }
  }

  /**
   * @throws DatabaseException.Corrupt if a directory of a database is something else
   */
  static void requireDirectory(Disk disk, Path place) {
    if (!disk.isDirectory(place)) {
      throw new DatabaseException.Corrupt(
          place, 0, "it is no directory; symbolic links are not followed");
    }
  }

  private static void create(Disk disk, Path directory) throws IOException {
    Path partitions = directory.resolve(PARTITIONS);
    if (disk.isDirectory(partitions) && !disk.list(partitions).isEmpty()) {
      throw new DatabaseException.Corrupt(
          directory.resolve(IDENTITY), 0, "it is missing, but there are partitions");
    }
    Session.create(disk, directory);
    if (!disk.exists(partitions)) {
      disk.createDirectory(partitions);
    }
    disk.syncDirectory(directory);
    disk.syncDirectory(Storage.parent(directory)); // whoever created it may have died before
    Storage.replace(
        disk,
        directory.resolve(IDENTITY),
        directory.resolve("espora.tmp"),
        NewDatabase.newIdentity());
  }

  @Override
  public Optional<Medium.Stored> stored(String partition) {
    Path place = directory.resolve(PARTITIONS).resolve(partition);
    if (!disk.isDirectory(place)) {
      return Optional.empty();
    }
    return Optional.of(Storage.call(() -> meta(place.resolve(PartitionMeta.FILE)).stored()));
  }

  private PartitionMeta meta(Path file) throws IOException {
    return PartitionMeta.decode(Storage.readAll(disk, file, PartitionMeta.MOST_BYTES), file);
  }

  /**
   * @throws DatabaseException if the file is not the identity of a database
   */
  static void checkIdentity(Disk disk, Path identity) throws IOException {
    byte[] bytes = Storage.readAll(disk, identity, 64);
    FileKind.DATABASE.check(bytes, identity);
    if (bytes.length != 20 || new Input(bytes, 16, 4).readInt() != Checksum.of(bytes, 0, 16)) {
      throw new DatabaseException.Corrupt(identity, FileKind.BYTES, "its checksum is wrong");
    }
  }

  @Override
  public Journal open(String partition, PartitionKind kind, Codec<?> events) {
    return Storage.call(() -> openPartition(partition, kind, events));
  }

  private Journal openPartition(String name, PartitionKind kind, Codec<?> events)
      throws IOException {
    session.check();
    Path place = directory.resolve(PARTITIONS).resolve(name);
    if (!disk.exists(place)) {
      try (DiskLock _ = Session.lockOpening(disk, directory, options.limits().lockWait())) {
        if (!disk.exists(place)) {
          createPartition(place, kind, events.schema());
        }
      }
    }
    requireDirectory(disk, place);
    DiskLock lock = lockPartition(place);
    try {
      FileJournal journal = openLocked(name, place, lock, kind, events);
      lock.release();
      if (options.durability().mode() == Durability.Mode.INTERVAL) {
        journal.syncEvery(options.durability().period(), background);
      }
      return journal;
    } catch (RuntimeException | Error | IOException e) {
      lock.close();
      throw e;
    }
  }

  private DiskLock lockPartition(Path place) throws IOException {
    DiskLock lock = disk.lock(place.resolve(LOCK));
    try {
      if (!lock.tryExclusive(options.limits().lockWait())) {
        throw new DatabaseException.Busy(
            "partition " + place.getFileName() + " is held by another process");
      }
      return lock;
    } catch (RuntimeException | Error | IOException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Builds the directory under another name and renames it: a partition is there whole or not at
   * all.
   */
  private void createPartition(Path place, PartitionKind kind, Schema schema) throws IOException {
    Path building = place.resolveSibling(place.getFileName() + ".tmp");
    if (disk.exists(building)) {
      requireDirectory(disk, building);
      empty(building);
    } else {
      disk.createDirectory(building);
    }
    long log = new SecureRandom().nextLong();
    try (Segments segments = new Segments(disk, building, log)) {
      SegmentHeader header =
          new SegmentHeader(log, 0, 0, SegmentHeader.NONE, Segments.FIRST_BYTES, 0, 0);
      segments.adopt(segments.prepare(Segments.FIRST_BYTES), header);
      Control.create(disk, building.resolve(CONTROL), log, new LogRange(0, 0));
      disk.create(building.resolve(LOCK)).close();
      PartitionMeta meta = new PartitionMeta(log, kind, List.of(schema), 0);
      Storage.replace(
          disk,
          building.resolve(PartitionMeta.FILE),
          building.resolve("partition.tmp"),
          meta.encode());
    } catch (IOException e) {
      abandon(building);
      throw e;
    }
    disk.rename(building, place);
    disk.syncDirectory(Storage.parent(place));
  }

  /**
   * A full disk leaves nothing half-made where that can be helped; what stays is built over the
   * next time.
   */
  private void abandon(Path building) {
    try {
      empty(building);
      disk.delete(building);
    } catch (IOException e) {
      // the failure that brought us here is the one to tell
    }
  }

  private void empty(Path directory) throws IOException {
    for (String name : disk.list(directory)) {
      disk.delete(directory.resolve(name));
    }
  }

  /**
   * Recovers the partition if this session has not seen it yet, else joins; the caller holds its
   * lock.
   */
  private FileJournal openLocked(
      String name, Path place, DiskLock lock, PartitionKind kind, Codec<?> events)
      throws IOException {
    Path metaFile = place.resolve(PartitionMeta.FILE);
    PartitionMeta meta = meta(metaFile);
    meta.stored().checkReadable(name, kind, events);
    Control control = Control.open(disk, place.resolve(CONTROL), meta.log());
    Segments segments = new Segments(disk, place, meta.log());
    try {
      return openFiles(name, lock, events, meta, control, segments, place);
    } catch (RuntimeException | Error | IOException e) {
      segments.close();
      control.close();
      throw e;
    }
  }

  private FileJournal openFiles(
      String name,
      DiskLock lock,
      Codec<?> events,
      PartitionMeta stored,
      Control control,
      Segments segments,
      Path place)
      throws IOException {
    PartitionMeta meta = stored;
    boolean joins = control.session() == session.id();
    if (joins) {
      checkSame(name, meta, events, control, place);
    } else {
      control.unseal(); // before any word changes: this may be cut short at any point
      removeTemporary(place);
      recover(place, meta, control, segments);
      meta = write(meta.writing(events.schema()), meta, place.resolve(PartitionMeta.FILE));
      control.setLock(disk.identity(place.resolve(LOCK)));
      control.setOpeners(0);
      control.setHolder(0);
      control.setSession(session.id());
    }
    control.setDirty();
    control.setOpeners(control.openers() + 1);
    segments.refresh();
    FileJournal.Opening opening =
        new FileJournal.Opening(place, meta, session, control, lock, segments);
    return new FileJournal(opening, disk, options.durability(), background);
  }

  private void recover(Path place, PartitionMeta meta, Control control, Segments segments)
      throws IOException {
    RecoveryEvent event = RecoveryEvent.begun();
    control.setSession(0);
    if (!control.isClean()) {
      // names that a killed process gave may be seen without being durable
      disk.syncDirectory(place);
      disk.syncDirectory(Storage.parent(place));
    }
    segments.refresh();
    Segment first = segments.find(control.first());
    if (first != null) {
      segments.release(first.base(), Segments.Release.DELETE); // what a crash left of it
    }
    segments.checkUnbroken(control.first());
    LogPoint snapshot = SnapshotFile.newestPoint(disk, place, meta);
    LogPoint start = Recovery.start(segments, meta, snapshot, control.first(), place);
    Recovery.Tail tail = control.isClean() ? Recovery.Tail.ZERO : Recovery.Tail.UNKNOWN;
    Recovery recovery = new Recovery(segments, meta.log(), control.durable(), start);
    LogPoint end = recovery.find(tail);
    recovery.settle(tail);
    control.setEnd(end.position());
    control.setDurable(end.position());
    control.setLast(recovery.last().base());
    control.setSnapshot(snapshot == null ? 0 : snapshot.position());
    if (event != null) {
      event.end(String.valueOf(place.getFileName()), start, end);
    }
  }

  private void removeTemporary(Path place) throws IOException {
    for (String name : disk.list(place)) {
      if (name.endsWith(".tmp")) {
        disk.delete(place.resolve(name));
      }
    }
  }

  private PartitionMeta write(PartitionMeta meta, PartitionMeta known, Path file)
      throws IOException {
    if (!meta.equals(known)) {
      Storage.replace(disk, file, file.resolveSibling("partition.tmp"), meta.encode());
    }
    return meta;
  }

  private void checkSame(
      String name, PartitionMeta meta, Codec<?> events, Control control, Path place)
      throws IOException {
    if (!meta.schemas().get(meta.schema()).equals(events.schema())) {
      throw new DatabaseException.SchemaMismatch(
          "partition "
              + name
              + " is open in another process that writes "
              + meta.schemas().get(meta.schema())
              + ", not "
              + events.schema());
    }
    if (control.lock() != disk.identity(place.resolve(LOCK))) {
      throw new DatabaseException.Corrupt(
          place.resolve(LOCK), 0, "it was replaced while other processes have it open");
    }
  }

  @Override
  public boolean isPoisoned() {
    return session.isPoisoned();
  }

  @Override
  public void close() {
    session.close();
  }
}
