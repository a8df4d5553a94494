package dev.espora.db.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * Another disk that nothing can be changed on: what inspects a database that others write can do no
 * harm, and needs no right to write. Locks can be taken, since they leave nothing behind.
 */
public final class ReadOnlyDisk implements Disk {
  private final Disk disk;

  /** Everything on another disk, to be looked at. */
  public ReadOnlyDisk(Disk disk) {
    this.disk = disk;
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return disk.openReadOnly(file);
  }

  @Override
  public DiskFile openReadOnly(Path file) throws IOException {
    return disk.openReadOnly(file);
  }

  @Override
  public boolean exists(Path path) {
    return disk.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return disk.isDirectory(path);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public long identity(Path file) throws IOException {
    return disk.identity(file);
  }

  /** Words that are read from the file each time, as other processes see them. */
  @Override
  public SharedMemory map(Path file, int bytes) throws IOException {
    return new Words(disk.openReadOnly(file), file);
  }

  @Override
  public DiskLock lock(Path file) throws IOException {
    return disk.lock(file);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    throw refused(file);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    throw refused(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    throw refused(from);
  }

  @Override
  public void delete(Path file) throws IOException {
    throw refused(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    throw refused(directory);
  }

  private static DiskException refused(Path path) {
    return new DiskException(DiskException.Reason.DENIED, path + " is only read here");
  }

  private record Words(DiskFile file, Path path) implements SharedMemory {

    /** Two readings that agree: a word that is written meanwhile might come in two halves. */
    @Override
    public long get(int offset) {
      try {
        long word = read(offset);
        long again = read(offset);
        while (word != again) {
          word = again;
          again = read(offset);
        }
        return word;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private long read(int offset) throws IOException {
      byte[] bytes = new byte[Long.BYTES];
      if (file.read(bytes, 0, bytes.length, offset) < bytes.length) {
        throw new DiskException(DiskException.Reason.FAILED, path + " was cut short");
      }
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Override
    public void set(int offset, long value) {
      throw new UnsupportedOperationException(path + " is only read here");
    }

    @Override
    public boolean compareAndSet(int offset, long expected, long value) {
      throw new UnsupportedOperationException(path + " is only read here");
    }

    @Override
    public void force() {}

    @Override
    public void close() {
      file.close();
    }
  }
}
