package dev.espora.db.tools;

import dev.espora.db.DatabaseException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What can be done with the files of a database without opening it. Nothing in its directory is
 * ever changed, no lock is held for longer than a look takes, and except for {@link #salvage}
 * everything works beside processes that write.
 *
 * <p>Safe for use by several threads; what it returns is not.
 */
public interface DatabaseTools {

  /** The tools for a database in a directory, which is looked at when they are used. */
  static DatabaseTools at(Path directory) {
    for (Provider provider : ServiceLoader.load(Provider.class)) {
      return provider.at(directory);
    }
    throw new IllegalStateException("no tools for files on the module or class path");
  }

  /** The names of the partitions, sorted. */
  List<String> partitions();

  /**
   * What there is.
   *
   * @param partition the only one to look at, if one is named
   * @throws DatabaseException if it is no database, or too damaged to tell
   */
  DatabaseStat stat(Optional<String> partition);

  /**
   * Reads every byte and checks it. Beside writers, each log is checked up to where it ended when
   * its turn came.
   *
   * @param partition the only one to check, if one is named
   * @throws DatabaseException if it is no database
   */
  Verification verify(Optional<String> partition, Progress progress);

  /**
   * Reads records forwards.
   *
   * @param from the position to begin at; what was released is left out
   */
  RecordCursor records(String partition, long from);

  /** Reads the last records, so many of them, forwards, and then what is added. */
  RecordCursor lastRecords(String partition, long count);

  /**
   * Makes a database in another directory that holds, of each partition, all that its log held at
   * one moment. Each partition is consistent in itself; two of them may be of different moments.
   *
   * @param output a directory that is empty or does not exist, outside of this one
   * @throws DatabaseException.Corrupt if what is copied is damaged; nothing is left in {@code
   *     output}
   * @throws DatabaseException.AlreadyExists if {@code output} is not empty
   * @throws DatabaseException.LimitExceeded if {@code output} is inside this database
   */
  Copy backup(Path output, Progress progress);

  /**
   * As {@link #backup}, after all of this database was verified.
   *
   * @throws DatabaseException.Corrupt if it is damaged; nothing is written
   */
  Copy restore(Path output, Progress progress);

  /**
   * Makes a database in another directory out of whatever is still valid in this one.
   *
   * @param output a directory that is empty or does not exist
   * @throws DatabaseException.Busy if a process has it open
   */
  Salvage salvage(Path output, Progress progress);

  /** Finds the tools; provided as a service. */
  @FunctionalInterface
  interface Provider {
    DatabaseTools at(Path directory);
  }
}
