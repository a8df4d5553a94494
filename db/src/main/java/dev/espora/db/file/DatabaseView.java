package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Limits;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.ReadOnlyDisk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The directory of a database, looked at from outside: nothing in it is changed. */
final class DatabaseView {
  private static final String TEMPORARY = ".tmp";
  private static final int TRIES = 5;
  private static final long RETRY_NANOS = 1_000_000;

  private final Disk disk;
  private final Path directory;

  DatabaseView(Disk disk, Path directory) {
    this.disk = new ReadOnlyDisk(disk);
    this.directory = directory;
  }

  Disk disk() {
    return disk;
  }

  Path directory() {
    return directory;
  }

  Path partitionsDirectory() {
    return directory.resolve(FileJournals.PARTITIONS);
  }

  /**
   * @throws DatabaseException.NotADatabase if this is no directory of a database
   */
  void requireDatabase() throws IOException {
    if (!disk.exists(directory)) {
      throw new DatabaseException.NotADatabase(directory + " does not exist");
    }
    if (!disk.isDirectory(directory)) {
      throw new DatabaseException.NotADatabase(directory + " is a file, not a directory");
    }
    boolean partitions =
        disk.isDirectory(partitionsDirectory()) && !disk.list(partitionsDirectory()).isEmpty();
    if (!partitions && !disk.exists(directory.resolve(FileJournals.IDENTITY))) {
      throw new DatabaseException.NotADatabase(directory + " is no Espora database");
    }
  }

  boolean isAlive() throws IOException {
    return Session.isAlive(disk, directory);
  }

  /** What the control block says; one that is being sealed at this moment is read again. */
  Session.Facts facts() throws IOException {
    return patiently(() -> Session.facts(disk, directory));
  }

  /** The names of the partitions, sorted. */
  List<String> partitions() throws IOException {
    FileJournals.requireDirectory(disk, partitionsDirectory());
    return disk.list(partitionsDirectory()).stream()
        .filter(name -> !name.endsWith(TEMPORARY))
        .filter(name -> disk.isDirectory(partitionsDirectory().resolve(name)))
        .toList();
  }

  /** What is unfinished: recovery deletes it. */
  static boolean isTemporary(String name) {
    return name.endsWith(TEMPORARY);
  }

  /**
   * @throws DatabaseException.Missing if there is no partition of that name
   */
  void requirePartition(String name) {
    if (!Limits.isName(name) || !disk.isDirectory(partitionsDirectory().resolve(name))) {
      throw new DatabaseException.Missing(directory + " has no partition " + name);
    }
  }

  /** Opens the files of a partition for reading. */
  PartitionView partition(String name) throws IOException {
    requirePartition(name);
    Path place = partitionsDirectory().resolve(name);
    PartitionMeta meta = meta(place);
    Control control =
        patiently(() -> Control.open(disk, place.resolve(FileJournals.CONTROL), meta.log()));
    try {
      long session = control.session(); // first: who recovers it from now on changes that
      boolean open = isAlive() && session == facts().id();
      return new PartitionView(this, place, meta, control, session, open);
    } catch (RuntimeException | Error | IOException e) {
      control.close();
      throw e;
    }
  }

  /**
   * As {@link #partition}, where the end of the log can be reached, and is known.
   *
   * @throws DatabaseException.Corrupt if it cannot
   */
  PartitionView wholePartition(String name) throws IOException {
    while (true) {
      PartitionView view = partition(name);
      try {
        if (view.findEnd()) {
          return view;
        }
      } catch (RuntimeException | Error | IOException e) {
        view.close();
        throw e;
      }
      view.close();
    }
  }

  PartitionMeta meta(Path place) throws IOException {
    Path file = place.resolve(PartitionMeta.FILE);
    try {
      return PartitionMeta.decode(Storage.readAll(disk, file, PartitionMeta.MOST_BYTES), file);
    } catch (NoSuchFileException e) {
      throw new DatabaseException.Corrupt(file, 0, "it is missing");
    }
  }

  /** For blocks that other processes may be sealing at this moment. */
  private static <T> T patiently(Storage.Operation<T> operation) throws IOException {
    for (int i = 1; i < TRIES; i++) {
      try {
        return operation.run();
      } catch (DatabaseException.Corrupt e) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
    return operation.run();
  }
}
