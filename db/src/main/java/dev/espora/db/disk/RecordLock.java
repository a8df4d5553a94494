package dev.espora.db.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What this process holds of the lock on one file, where that is a POSIX record lock, as {@link
 * FileChannel#tryLock()} takes it. Such a lock belongs to the process, and goes when it closes any
 * descriptor of the file. So all who lock a file here do it through one channel, and a descriptor
 * of it that is closed meanwhile stays open until the last of them is gone: SQLite's way.
 */
final class RecordLock {
  private static final long POLL_NANOS = 100_000;

  /** Those in use, by file. Its monitor guards all their fields as well. */
  private static final Map<Object, RecordLock> IN_USE = new HashMap<>();

  private final Object key;
  private final FileChannel channel;
  private final List<Closeable> keptOpen = new ArrayList<>();
  private int users;
  private int holders;
  private @Nullable FileLock held;

  private RecordLock(Object key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /** Opens a file to lock it. */
  static DiskLock of(Path file) throws IOException {
    synchronized (IN_USE) {
      Object key = keyOf(file);
      RecordLock lock = IN_USE.get(key);
      if (lock == null) {
        lock = new RecordLock(key, open(file));
        IN_USE.put(key, lock);
      }
      lock.users++;
      return lock.new Holder();
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /** Tells a file from any other that is there at the same time. */
  static Object keyOf(Path file) throws IOException {
    Object key =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    return key == null ? file.toRealPath(LinkOption.NOFOLLOW_LINKS) : key;
  }

  /** Closes a descriptor of a file, now or when that releases no lock. */
  static void close(Closeable descriptor, Object key) throws IOException {
    synchronized (IN_USE) {
      RecordLock lock = IN_USE.get(key);
      if (lock == null) {
        descriptor.close();
      } else {
        lock.keptOpen.add(descriptor);
      }
    }
  }

  private boolean take(boolean shared) throws IOException {
    if (held == null) {
      held = channel.tryLock(0, Long.MAX_VALUE, shared);
    } else if (!shared || !held.isShared()) {
      return false;
    }
    if (held == null) {
      return false;
    }
    holders++;
    return true;
  }

  private void giveBack() throws IOException {
    holders--;
    FileLock last = held;
    if (holders == 0 && last != null) {
      held = null;
      last.release();
    }
  }

  private void leave() throws IOException {
    users--;
    if (users == 0) {
      IN_USE.remove(key);
      for (Closeable descriptor : keptOpen) {
        descriptor.close();
      }
      channel.close();
    }
  }

  /** One of those in this process that lock the file. */
  private final class Holder implements DiskLock {
    private boolean holds;
    private boolean closed;

    /** A lock that is held already is released first, as {@code flock} does it. */
    private boolean tryLock(boolean shared) throws IOException {
      synchronized (IN_USE) {
        release();
        holds = take(shared);
        return holds;
      }
    }

    @Override
    public boolean tryExclusive() throws IOException {
      return tryLock(false);
    }

    @Override
    public void exclusive() throws IOException {
      while (!tryLock(false)) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    }

    @Override
    public boolean tryShared() throws IOException {
      return tryLock(true);
    }

    @Override
    public void release() throws IOException {
      synchronized (IN_USE) {
        if (holds) {
          holds = false;
          giveBack();
        }
      }
    }

    @Override
    public void close() {
      synchronized (IN_USE) {
        if (closed) {
          return;
        }
        closed = true;
        try {
          release();
          leave();
        } catch (IOException e) {
          throw new IllegalStateException("closing a lock failed", e);
        }
      }
    }
  }
}
