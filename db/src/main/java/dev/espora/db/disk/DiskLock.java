package dev.espora.db.disk;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An advisory lock on a file, between processes as well as between two objects of one process. The
 * system releases it when its process dies. For use by one thread at a time.
 */
public interface DiskLock extends AutoCloseable {

  /** Takes the lock alone if it is free, and says whether it did. */
  boolean tryExclusive() throws IOException;

  /** Takes the lock alone within a time, asking again and again, and says whether it could. */
  default boolean tryExclusive(Duration atMost) throws IOException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!tryExclusive()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(100_000);
    }
    return true;
  }

  /** Waits until the lock can be taken alone. */
  void exclusive() throws IOException;

  /** Takes the lock together with others if nobody holds it alone, and says whether it did. */
  boolean tryShared() throws IOException;

  void release() throws IOException;

  /** Releases and closes. */
  @Override
  void close();
}
