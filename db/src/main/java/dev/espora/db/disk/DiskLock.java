package dev.espora.db.disk;

import java.io.IOException;

/**
 * An advisory lock on a file, between processes as well as between two objects of one process. The
 * system releases it when its process dies. For use by one thread at a time.
 */
public interface DiskLock extends AutoCloseable {

  /** Takes the lock alone if it is free, and says whether it did. */
  boolean tryExclusive() throws IOException;

  /** Waits until the lock can be taken alone. */
  void exclusive() throws IOException;

  /** Takes the lock together with others if nobody holds it alone, and says whether it did. */
  boolean tryShared() throws IOException;

  void release() throws IOException;

  /** Releases and closes. */
  @Override
  void close();
}
