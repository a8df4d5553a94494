package dev.espora.db.file;

import dev.espora.db.disk.Disk;
import dev.espora.db.tools.Copy;
import dev.espora.db.tools.DatabaseStat;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.RecordCursor;
import dev.espora.db.tools.Salvage;
import dev.espora.db.tools.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The tools for a database in a directory of the file system. */
public final class FileTools implements DatabaseTools {
  private final Disk disk;
  private final Path directory;

  /** The tools for a directory of any disk, a simulated one for instance. */
  public FileTools(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory.toAbsolutePath().normalize();
  }

  @Override
  public List<String> partitions() {
    return call(() -> view().partitions());
  }

  @Override
  public DatabaseStat stat(Optional<String> partition) {
    return call(() -> new Survey(view()).stat(partition));
  }

  @Override
  public Verification verify(Optional<String> partition, Progress progress) {
    return call(() -> new Verifier(view(), progress).verify(partition));
  }

  @Override
  public RecordCursor records(String partition, long from) {
    return call(() -> RecordScan.from(view(), partition, from));
  }

  @Override
  public RecordCursor lastRecords(String partition, long count) {
    return call(() -> RecordScan.last(view(), partition, count));
  }

  @Override
  public Copy backup(Path output, Progress progress) {
    return call(() -> new Copier(disk, view(), absolute(output), progress).backup());
  }

  @Override
  public Copy restore(Path output, Progress progress) {
    return call(() -> new Copier(disk, view(), absolute(output), progress).restore());
  }

  @Override
  public Salvage salvage(Path output, Progress progress) {
    return call(() -> new Salvager(disk, view(), absolute(output), progress).salvage());
  }

  private DatabaseView view() throws IOException {
    DatabaseView view = new DatabaseView(disk, directory);
    view.requireDatabase();
    return view;
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static <T> T call(Storage.Operation<T> operation) {
    return Storage.call(() -> {
      try {
        return operation.run();
      } catch (UncheckedIOException e) {
        throw e.getCause(); // what a control block could not be read with
      }
    });
  }

  /** Finds the tools for a directory of this machine. */
  public static final class Provider implements DatabaseTools.Provider {

    /** For the service loader. */
    public Provider() {}

    @Override
    public DatabaseTools at(Path directory) {
      try {
        // the directory itself may be a link; inside, links are refused
        return new FileTools(Disk.local(), directory.toRealPath());
      } catch (IOException e) {
        return new FileTools(Disk.local(), directory);
      }
    }
  }
}
