package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file of pages of 4096 bytes, each rewritten as a whole, that one thread of one process at a
 * time reads and writes. Safe for use by several threads.
 */
final class PageFile implements AutoCloseable {
  static final int PAGE_BYTES = 4096;

  private static final int FILLED_TOGETHER = 256;

  private final DiskFile file;
  private final FileMutex processes;
  private final ReentrantLock threads = new ReentrantLock();

  /** What is done with the file locked. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Opens it, or creates it full of zeros, so that a rewritten page needs no new room on the disk.
   * Several processes may do so at once.
   *
   * @param path in a directory whose names the caller makes durable
   */
  PageFile(Disk disk, Path path, int pages, FileMutex.Kind mutex) {
    try {
      file = openOrCreate(disk, path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    processes = mutex.of(disk, path);
    var _ = alone(() -> file.size() < (long) pages * PAGE_BYTES && fill(pages));
  }

  private static DiskFile openOrCreate(Disk disk, Path path) throws IOException {
    try {
      return disk.exists(path) ? disk.open(path) : disk.create(path);
    } catch (FileAlreadyExistsException e) {
      return disk.open(path); // another process was faster
    }
  }

  /** Nothing was stored in it before, since it is durable only in full. */
  private boolean fill(int pages) throws IOException {
    byte[] zeros = new byte[PAGE_BYTES * Math.min(pages, FILLED_TOGETHER)];
    for (long at = 0; at < (long) pages * PAGE_BYTES; at += zeros.length) {
      int length = (int) Math.min(zeros.length, (long) pages * PAGE_BYTES - at);
      file.write(zeros, 0, length, at);
    }
    sync();
    return true;
  }

  <T> T alone(Work<T> work) {
    threads.lock();
    try {
      processes.lock();
      try {
        return work.run();
      } finally {
        processes.unlock();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.unlock();
    }
  }

  void read(byte[] page, int number) throws IOException {
    file.read(page, 0, PAGE_BYTES, (long) number * PAGE_BYTES);
  }

  void write(byte[] page, int number) throws IOException {
    file.write(page, 0, PAGE_BYTES, (long) number * PAGE_BYTES);
  }

  void sync() throws IOException {
    file.sync();
  }

  @Override
  public void close() {
    processes.close();
    file.close();
  }
}
