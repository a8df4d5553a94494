package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.codec.Output;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A database directory that is written by a tool, as if it had been closed in order. It is one once
 * {@link #finish} has returned, and durable then; before that nobody takes it for one.
 */
final class NewDatabase {
  private final Disk disk;
  private final Path directory;

  private NewDatabase(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * @param directory does not exist or is empty
   * @param source whose files it is made of
   */
  static NewDatabase begin(Disk disk, Path directory, Path source) throws IOException {
    if (directory.startsWith(source)) {
      throw new DatabaseException.LimitExceeded(
          directory + " is inside of " + source + ", which is not to be changed");
    }
    if (disk.exists(directory)) {
      if (!disk.isDirectory(directory) || !disk.list(directory).isEmpty()) {
        throw new DatabaseException.AlreadyExists(
            directory + " exists and is not an empty directory");
      }
    } else {
      Path parent = Storage.parent(directory);
      if (!disk.exists(parent)) {
        disk.createDirectories(parent);
      }
      disk.createDirectory(directory);
      disk.syncDirectory(parent);
    }
    disk.createDirectory(directory.resolve(FileJournals.PARTITIONS));
    return new NewDatabase(disk, directory);
  }

  Disk disk() {
    return disk;
  }

  Path directory() {
    return directory;
  }

  /** Creates the directory of a partition, for segments and snapshots to be put into. */
  Path beginPartition(String name) throws IOException {
    Path place = directory.resolve(FileJournals.PARTITIONS).resolve(name);
    disk.createDirectory(place);
    return place;
  }

  /**
   * Adds what makes a partition of it.
   *
   * @param last base of the segment that the log ends in
   * @param snapshot position of the newest, 0 for none
   */
  void finishPartition(Path place, PartitionMeta meta, LogRange range, long last, long snapshot)
      throws IOException {
    Path control = place.resolve(FileJournals.CONTROL);
    Control.create(disk, control, meta.log(), range);
    try (Control block = Control.open(disk, control, meta.log())) {
      block.setLast(last);
      block.setSnapshot(snapshot);
      block.seal();
    }
    disk.create(place.resolve(FileJournals.LOCK)).close();
    Storage.replace(
        disk,
        place.resolve(PartitionMeta.FILE),
        place.resolve("partition.tmp"),
        meta.encode()); // syncs the directory as well
  }

  /**
   * @param identity the file that says what it is
   */
  void finish(byte[] identity) throws IOException {
    Session.createOpeningLock(disk, directory);
    Session.create(disk, directory);
    try (SharedMemory control = disk.map(directory.resolve(Session.CONTROL), Control.BYTES)) {
      Seal.put(control);
      control.force();
    }
    disk.syncDirectory(directory.resolve(FileJournals.PARTITIONS));
    disk.syncDirectory(directory);
    Storage.replace(
        disk, directory.resolve(FileJournals.IDENTITY), directory.resolve("espora.tmp"), identity);
  }

  /** What says that a directory is a database of its own. */
  static byte[] newIdentity() {
    Output out = new Output(20);
    FileKind.DATABASE.write(out);
    out.writeLong(new SecureRandom().nextLong());
    out.writeInt(Checksum.of(out.array(), 0, out.size()));
    return out.toByteArray();
  }

  /** Removes what was written. */
  void abandon() {
    try {
      empty(directory);
    } catch (IOException e) {
      // the failure that brought us here is the one to tell
    }
  }

  private void empty(Path place) throws IOException {
    for (String name : disk.list(place)) {
      Path path = place.resolve(name);
      if (disk.isDirectory(path)) {
        empty(path);
      }
      disk.delete(path);
    }
  }
}
