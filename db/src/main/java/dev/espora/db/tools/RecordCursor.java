package dev.espora.db.tools;

import java.util.Optional;

/** Records of a log one after another. For use by one thread. */
public interface RecordCursor extends AutoCloseable {

  /**
   * The next record, or nothing at the end of the log; asked again later, it looks for what was
   * added meanwhile. What was released before it could be read is left out.
   *
   * @throws dev.espora.db.DatabaseException.Corrupt if a record is damaged
   */
  Optional<StoredRecord> next();

  /** How many records could not be read any more, since they had been released. */
  long skipped();

  @Override
  void close();
}
