package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Operations on whole files, and what failures of the disk mean to callers. */
final class Storage {
  private Storage() {}

  /** An operation on the disk. */
  @FunctionalInterface
  interface Operation<T> {
    T run() throws IOException;
  }

  /** An operation that may find nothing. */
  @FunctionalInterface
  interface Search<T> {
    @Nullable T run() throws IOException;
  }

  /** As {@link #call}, for an operation that may find nothing. */
  static <T> @Nullable T find(Search<T> search) {
    try {
      return search.run();
    } catch (IOException e) {
      throw failure(e);
    } catch (UncheckedIOException e) { // from shared memory
      throw failure(e);
    }
  }

  /** An operation without a result. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /** Runs it, and turns its failure into the family of {@link DatabaseException}. */
  static <T> T call(Operation<T> operation) {
    try {
      return operation.run();
    } catch (IOException e) {
      throw failure(e);
    } catch (UncheckedIOException e) { // from shared memory
      throw failure(e);
    }
  }

  /** As {@link #call}, without a result. */
  static void run(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw failure(e);
    } catch (UncheckedIOException e) { // from shared memory
      throw failure(e);
    }
  }

  private static DatabaseException failure(UncheckedIOException e) {
    IOException cause = e.getCause();
    return failure(cause == null ? new IOException(e) : cause);
  }

  static DatabaseException failure(IOException e) {
    String message =
        e instanceof NoSuchFileException ? e.getMessage() + " is missing" : e.toString();
    if (e instanceof DiskException disk) {
      message = String.valueOf(disk.getMessage());
      if (disk.reason() == DiskException.Reason.EXHAUSTED) {
        return new DatabaseException.OutOfSpace(message, e);
      }
    } else if (e instanceof java.nio.file.AccessDeniedException) {
      message = "no permission to write " + e.getMessage();
    } else if (e instanceof java.nio.file.FileSystemException system
        && system.getReason() != null) {
      message = system.getFile() + ": " + system.getReason();
      if (message.endsWith("No space left on device")) {
        return new DatabaseException.OutOfSpace(message, e);
      }
    }
    return new DatabaseException.StorageFailed(message, e);
  }

  /** Reads a small file that must exist. */
  static byte[] readAll(Disk disk, Path file, long limit) throws IOException {
    try (DiskFile open = disk.open(file)) {
      long size = open.size();
      if (size > limit) {
        throw new DatabaseException.Corrupt(
            file, limit, "it has " + size + " bytes, more than " + limit);
      }
      byte[] bytes = new byte[(int) size];
      int read = open.read(bytes, 0, bytes.length, 0);
      if (read < bytes.length) {
        throw new DatabaseException.Corrupt(file, read, "it ends while it is read");
      }
      return bytes;
    }
  }

  /**
   * Puts a file in place in one step that a crash cannot halve: written, synced, renamed, its
   * directory synced.
   */
  static void replace(Disk disk, Path file, Path temporary, byte[] bytes) throws IOException {
    if (disk.exists(temporary)) {
      disk.delete(temporary);
    }
    try (DiskFile open = disk.create(temporary)) {
      open.write(bytes, 0, bytes.length, 0);
      open.sync();
    }
    disk.rename(temporary, file);
    disk.syncDirectory(parent(file));
  }

  /** Creates a directory and those above it that are missing, durably. */
  static void createDirectories(Disk disk, Path directory) throws IOException {
    Path parent = parent(directory);
    if (!disk.exists(parent)) {
      createDirectories(disk, parent);
    }
    try {
      disk.createDirectory(directory);
      disk.syncDirectory(parent);
    } catch (FileAlreadyExistsException e) {
      // another process creates it at this moment
    }
  }

  static Path parent(Path file) {
    return java.util.Objects.requireNonNull(file.toAbsolutePath().getParent());
  }
}
