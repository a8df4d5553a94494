package dev.espora.db.file;

import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Control blocks in one mapped file after another, removed when the process ends. */
final class Blocks {
  private static final Disk DISK = Disk.local();
  private static final long LOG = 42;
  private static final Path FILE = file();

  private Blocks() {}

  private static Path file() {
    try {
      Path directory = Files.createTempDirectory("espora-jcstress");
      Path file = directory.resolve("control");
      Control.create(DISK, file, LOG, new LogRange(0, 0));
      file.toFile().deleteOnExit();
      directory.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same block for everybody: its words only ever grow in these tests. */
  static Control shared() {
    try {
      return Control.open(DISK, FILE, LOG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
