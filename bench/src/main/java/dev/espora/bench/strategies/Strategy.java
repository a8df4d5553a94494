package dev.espora.bench.strategies;

import dev.espora.db.Durability;
import dev.espora.db.file.FileMedium;
import java.nio.file.Path;
import java.util.Optional;

/** A way to store, in the order of the tables. */
public enum Strategy {
  ESPORA_SYNC("espora sync", "Acknowledged once synced; all who wait share a sync. The default."),
  ESPORA_SYNC_EACH("espora sync-each", "A sync for each record, one after another."),
  ESPORA_INTERVAL("espora interval:10ms", "Acknowledged once written; synced every 10 ms."),
  ESPORA_NONE("espora none", "Acknowledged once written; synced where a segment of the log ends."),
  PAGES("page rewrite", "The original's: lock a file, read 4 KiB, rewrite them, sync, unlock."),
  POSTGRES(
      "postgresql", "One SQL statement, which is one transaction, for each call, from a pool."),
  MEMORY("memory", "Espora without files.");

  private final String text;
  private final String meaning;

  Strategy(String text, String meaning) {
    this.text = text;
    this.meaning = meaning;
  }

  /** What it does, in a sentence or two. */
  public String meaning() {
    return meaning;
  }

  /**
   * Begins its work.
   *
   * @param directory of its own, for its files
   * @param callers how many threads will call at a time
   * @param postgres a server that runs, as a JDBC URL; a new one otherwise
   * @throws IllegalStateException if it cannot work here, with the reason
   */
  public Backend open(Path directory, int callers, Optional<String> postgres) {
    return switch (this) {
      case ESPORA_SYNC, ESPORA_SYNC_EACH, ESPORA_INTERVAL, ESPORA_NONE -> {
        Durability durability = Durability.parse(text.substring(text.indexOf(' ') + 1));
        yield new FileBackend(
            directory, (disk, at, _) -> new EngineStorage(new FileMedium(disk, at), durability));
      }
      case PAGES -> new FileBackend(directory, PageStorage::new);
      case POSTGRES -> PostgresBackend.open(directory, callers, postgres);
      case MEMORY -> new MemoryBackend();
    };
  }

  /** As in the tables. */
  @Override
  public String toString() {
    return text;
  }
}
