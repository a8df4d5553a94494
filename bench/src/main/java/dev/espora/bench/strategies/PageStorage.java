package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The original's way: whole pages, rewritten and synced under a file lock. */
final class PageStorage implements Storage {
  private final Disk disk;
  private final Path directory;
  private final int people;
  private @Nullable PageLedger ledger;
  private @Nullable PageRegistry registry;

  /**
   * @param people for whom there is to be room
   */
  PageStorage(Disk disk, Path directory, int people) {
    this.disk = disk;
    this.directory = directory;
    this.people = people;
    if (!disk.exists(directory)) {
      try {
        disk.createDirectory(directory);
        disk.syncDirectory(Objects.requireNonNull(directory.getParent()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public synchronized Ledger ledger() {
    if (ledger == null) {
      ledger = new PageLedger(disk, directory, FileMutex.Flock::new);
      syncNames();
    }
    return ledger;
  }

  @Override
  public synchronized Registry registry() {
    if (registry == null) {
      registry = new PageRegistry(disk, directory, people, FileMutex.Flock::new);
      syncNames();
    }
    return registry;
  }

  private void syncNames() {
    try {
      disk.syncDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    if (ledger != null) {
      ledger.close();
    }
    if (registry != null) {
      registry.close();
    }
  }
}
