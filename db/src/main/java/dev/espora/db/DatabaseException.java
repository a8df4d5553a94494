package dev.espora.db;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can go wrong with a database, as one closed family. The message names the thing,
 * the limit and the way out, and fits on one line.
 */
public abstract sealed class DatabaseException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private DatabaseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** A key that was to be created exists. Nothing was changed. */
  public static final class AlreadyExists extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public AlreadyExists(String message) {
      super(message, null);
    }
  }

  /** A key that was to be changed does not exist. Nothing was changed. */
  public static final class Missing extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public Missing(String message) {
      super(message, null);
    }
  }

  /** An entry was written by somebody else since its sequence was read. Nothing was changed. */
  public static final class Conflict extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public Conflict(String message) {
      super(message, null);
    }
  }

  /** An entry's time to live was over before it could be written. Nothing was changed. */
  public static final class Expired extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public Expired(String message) {
      super(message, null);
    }
  }

  /** A name, key, value, batch or store is beyond its limit. Nothing was changed. */
  public static final class LimitExceeded extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public LimitExceeded(String message) {
      super(message, null);
    }
  }

  /**
   * The queue stayed full, or another process held a lock, longer than the caller was ready to
   * wait. Nothing was changed.
   */
  public static final class Busy extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public Busy(String message) {
      super(message, null);
    }
  }

  /** Bytes on disk are not what was written. Nothing is repaired by itself. */
  public static final class Corrupt extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;
    private final transient Path file;
    private final long offset;
    private final String problem;

    public Corrupt(Path file, long offset, String problem) {
      super(file + " is corrupt at byte " + offset + ": " + problem, null);
      this.file = file;
      this.offset = offset;
      this.problem = problem;
    }

    public Path file() {
      return file;
    }

    /** Bytes from the start of {@link #file()}. */
    public long offset() {
      return offset;
    }

    /** What is wrong, without the place. */
    public String problem() {
      return problem;
    }
  }

  /** A directory or file that Espora did not write. */
  public static final class NotADatabase extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public NotADatabase(String message) {
      super(message, null);
    }
  }

  /** A file written by a newer version. */
  public static final class FormatTooNew extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public FormatTooNew(String message) {
      super(message, null);
    }
  }

  /**
   * The stored types, or the way other processes have the database open, differ from what this one
   * asks for.
   */
  public static final class SchemaMismatch extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public SchemaMismatch(String message) {
      super(message, null);
    }
  }

  /**
   * A write or sync failed while this call waited for it: it may have taken effect or not. A
   * database in files is poisoned then, while one on several machines goes on: {@link
   * Database#isPoisoned} tells.
   */
  public static final class OutcomeUnknown extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public OutcomeUnknown(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * A write or sync failed earlier, here or in another process. Close the database in all processes
   * and open it again.
   */
  public static final class Poisoned extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public Poisoned(String message) {
      super(message, null);
    }
  }

  /** The database was closed. */
  public static final class Closed extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public Closed(String message) {
      super(message, null);
    }
  }

  /**
   * No room on the disk, or no file descriptors left. Nothing was changed; writes go on once there
   * is room.
   */
  public static final class OutOfSpace extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public OutOfSpace(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The operating system failed or refused an operation on a file. */
  public static final class StorageFailed extends DatabaseException {
    @Serial private static final long serialVersionUID = 1;

    public StorageFailed(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    /**
     * Reads or writes, for a medium.
     *
     * @throws StorageFailed instead of an {@link IOException}
     */
    public static <T> T call(Operation<T> operation) {
      try {
        return operation.run();
      } catch (IOException e) {
        throw new StorageFailed("the storage failed: " + e, e);
      }
    }

    /**
     * Closes a file, for a medium.
     *
     * @throws StorageFailed instead of an {@link IOException}
     */
    public static void close(Closeable closeable) {
      try {
        closeable.close();
      } catch (IOException e) {
        throw new StorageFailed("closing failed: " + e, e);
      }
    }

    /** Reads or writes what is stored. */
    @FunctionalInterface
    public interface Operation<T> {
      T run() throws IOException;
    }
  }
}
