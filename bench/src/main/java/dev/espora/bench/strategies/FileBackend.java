package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import dev.espora.testkit.disk.Loss;
import dev.espora.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A strategy on files. It works on any disk: this machine's, whose syncs are counted, and a
 * simulated one, whose power can be cut.
 */
final class FileBackend implements Backend {

  /** Opens a storage with room for so many people in a directory, whose parent exists. */
  @FunctionalInterface
  interface Opener {
    Storage open(Disk disk, Path directory, int people);
  }

  private final CountingDisk disk = new CountingDisk(Disk.local());
  private final Path directory;
  private final Opener opener;

  FileBackend(Path directory, Opener opener) {
    this.directory = directory;
    this.opener = opener;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Storage open(String name, int people) {
    return opener.open(disk, directory.resolve(name), people);
  }

  @Override
  public void delete(String name) {
    Path deleted = directory.resolve(name);
    if (Files.notExists(deleted)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(deleted)) {
      // What is in a directory goes before it.
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public double syncs() {
    return disk.syncs();
  }

  @Override
  public Outage outage() {
    return new PowerOutage(opener);
  }

  @Override
  public void close() {}

  /** The power of a simulated disk is cut: whatever was not synced is gone. */
  private static final class PowerOutage implements Outage {
    /** More than callers register before it strikes. */
    private static final int PEOPLE = 100_000;

    private final Opener opener;
    private final SimulatedDisk disk = new SimulatedDisk();
    private final Storage storage;
    private @Nullable Storage reopened;

    PowerOutage(Opener opener) {
      this.opener = opener;
      storage = opener.open(disk.disk(), SimulatedDisk.DIRECTORY, PEOPLE);
    }

    @Override
    public Storage storage() {
      return storage;
    }

    @Override
    public void strike() {
      disk.cut();
    }

    @Override
    public Storage reopened() {
      if (reopened == null) {
        // Nothing is left to chance, so the random numbers are not asked.
        SimulatedDisk left = disk.afterPowerCut(Loss.DROPPED, new Random(0));
        reopened = opener.open(left.disk(), SimulatedDisk.DIRECTORY, PEOPLE);
      }
      return reopened;
    }

    @Override
    public String kind() {
      return "power cut, simulated";
    }

    @Override
    public void close() {
      List<Storage> open = reopened == null ? List.of(storage) : List.of(storage, reopened);
      for (Storage each : open) {
        try {
          each.close();
        } catch (RuntimeException e) {
          // It has no disk any more to close files on.
        }
      }
    }
  }
}
