package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
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
   *
   * @param path in a directory whose names the caller makes durable
   */
  PageFile(Disk disk, Path path, int pages, FileMutex.Kind mutex) {
    try {
      boolean created = !disk.exists(path);
      file = created ? disk.create(path) : disk.open(path);
      processes = mutex.of(disk, path);
      if (created) {
        fill(pages);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fill(int pages) throws IOException {
    byte[] zeros = new byte[PAGE_BYTES * Math.min(pages, FILLED_TOGETHER)];
    for (long at = 0; at < (long) pages * PAGE_BYTES; at += zeros.length) {
      int length = (int) Math.min(zeros.length, (long) pages * PAGE_BYTES - at);
      file.write(zeros, 0, length, at);
    }
    sync();
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
