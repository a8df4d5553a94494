package dev.espora.testkit.disk;

import java.nio.file.Path;

/**
 * One operation that a process asks of a {@link SimulatedDisk}.
 *
 * @param number of the operation, counted from 0 over all kinds and processes
 * @param crashPoint number of the operation among those that change something, counted from 0; the
 *     number of the next one for an operation that changes nothing
 * @param process the name of the process
 * @param path of the file or directory, as it was when it was opened
 */
public record Operation(long number, long crashPoint, String process, Kind kind, Path path) {

  /** What is asked. */
  public enum Kind {
    /** A file is opened that is there. */
    OPEN,
    CREATE,
    CREATE_DIRECTORY,
    /** The names in a directory are asked for. */
    LIST,
    RENAME,
    DELETE,
    SYNC_DIRECTORY,
    /** The number of a file is asked for. */
    IDENTITY,
    /** A file becomes memory that processes share. */
    MAP,
    /** A file is opened to be locked. */
    OPEN_LOCK,
    SIZE,
    READ,
    WRITE,
    /** A file is made durable. */
    SYNC,
    /** A word of shared memory is written; it cannot fail. */
    SET,
    /** Shared memory is made durable. */
    FORCE;

    /** Whether a power cut before it may leave something else than one behind it. */
    public boolean changes() {
      return switch (this) {
        case CREATE, CREATE_DIRECTORY, RENAME, DELETE, SYNC_DIRECTORY -> true;
        case WRITE, SYNC, SET, FORCE -> true;
        case OPEN, LIST, IDENTITY, MAP, OPEN_LOCK, SIZE, READ -> false;
      };
    }
  }

  @Override
  public String toString() {
    return number + " " + process + " " + kind + " " + path;
  }
}
