package dev.espora.db.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything the engine asks of a disk. Implementations are safe for use by several threads.
 *
 * <p>What is assumed: what {@link DiskFile#sync} or {@link #syncDirectory} completed is durable;
 * sectors of 512 bytes may tear; anything not synced may vanish in any combination. No operation
 * reacts to an interrupt of the calling thread.
 */
public interface Disk {

  /**
   * The disk of this machine: {@link PosixDisk} on Linux, {@link PortableDisk} elsewhere.
   *
   * @throws IllegalStateException if native access is denied on Linux
   */
  static Disk local() {
    return PosixDisk.isSupported() ? new PosixDisk() : new PortableDisk();
  }

  /**
   * Opens a file that exists, for reading and writing. A symbolic link is refused.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  DiskFile open(Path file) throws IOException;

  /**
   * As {@link #open}, for reading only: what may be read but not written can be opened so.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  DiskFile openReadOnly(Path file) throws IOException;

  /**
   * Creates a file of mode 0600 that does not exist yet. Its name is durable after {@link
   * #syncDirectory}.
   */
  DiskFile create(Path file) throws IOException;

  /** Creates a directory of mode 0700 that does not exist yet. */
  void createDirectory(Path directory) throws IOException;

  /** Whether there is a file, directory or symbolic link of this name. */
  boolean exists(Path path);

  /** Whether there is a directory of this name; a symbolic link to one is none. */
  boolean isDirectory(Path path);

  /** The names in a directory, sorted. */
  List<String> list(Path directory) throws IOException;

  /** Gives a file another name, in one step; a file that had that name is gone. */
  void rename(Path from, Path to) throws IOException;

  void delete(Path file) throws IOException;

  /** Makes the names in a directory durable. */
  void syncDirectory(Path directory) throws IOException;

  /**
   * A number that tells a file from any other file of this disk, also from a later one of the same
   * name.
   */
  long identity(Path file) throws IOException;

  /** Maps the beginning of a file into memory that all processes share which map it. */
  SharedMemory map(Path file, int bytes) throws IOException;

  /** Opens a file to lock it; the lock belongs to the returned object alone. */
  DiskLock lock(Path file) throws IOException;
}
