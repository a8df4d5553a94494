package dev.espora.db.file;

import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;

/** A database in a directory of the file system. */
public final class FileMedium implements Medium {
  private final Disk disk;
  private final Path directory;

  /** A database in a directory of any disk, a simulated one for instance. */
  public FileMedium(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory.toAbsolutePath().normalize();
  }

  @Override
  public Journals open(Options options, ScheduledExecutorService background) {
    return Storage.call(() -> FileJournals.open(disk, directory, options, background));
  }

  /** Makes {@code file:directory} known. */
  public static final class Provider implements Medium.Provider {

    /** For the service loader. */
    public Provider() {}

    @Override
    public String scheme() {
      return "file";
    }

    @Override
    public Medium at(String place) {
      Path directory = Path.of(place);
      try {
        // where the directory itself is a link, the user means its target; inside, links are
        // refused
        return new FileMedium(Disk.local(), directory.toRealPath());
      } catch (IOException e) {
        return new FileMedium(Disk.local(), directory);
      }
    }
  }
}
