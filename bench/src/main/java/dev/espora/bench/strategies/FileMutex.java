package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock on a file, held by one process. Its threads take turns by a lock of their own.
 */
public interface FileMutex extends AutoCloseable {

  /** How a file that exists is to be locked. */
  @FunctionalInterface
  interface Kind {
    FileMutex of(Disk disk, Path existing);
  }

  void lock();

  void unlock();

  @Override
  void close();

  /** The lock of {@code flock(2)}, where the disk has that. */
  final class Flock implements FileMutex {
    private final DiskLock lock;

    public Flock(Disk disk, Path existing) {
      try {
        lock = disk.lock(existing);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void lock() {
      try {
        lock.exclusive();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void unlock() {
      try {
        lock.release();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      lock.close();
    }
  }

  /**
   * The lock that Java offers on a file of this machine: {@link FileChannel#lock()}. It is a POSIX
   * record lock, which belongs to a process, so that the kernel sees a deadlock where two processes
   * wait for each other's files though different threads do. The call is then repeated.
   */
  final class RecordLock implements FileMutex {
    private final FileChannel channel;
    private @Nullable FileLock held;

    public RecordLock(Disk local, Path existing) {
      try {
        channel = FileChannel.open(existing, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void lock() {
      while (true) {
        try {
          held = channel.lock();
          return;
        } catch (IOException e) {
          String message = e.getMessage();
          if (message == null || !message.contains("deadlock")) {
            throw new UncheckedIOException(e);
          }
          Thread.onSpinWait();
        }
      }
    }

    @Override
    public void unlock() {
      try {
        if (held != null) {
          held.release();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
