package dev.espora.bench.strategies;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.disk.FileMapping;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A disk, and how often files on it were synced: their bytes, not the names in directories. */
final class CountingDisk implements Disk {
  private final Disk disk;
  private final LongAdder syncs = new LongAdder();

  CountingDisk(Disk disk) {
    this.disk = disk;
  }

  long syncs() {
    return syncs.sum();
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new CountedFile(disk.open(file));
  }

  @Override
  public DiskFile openReadOnly(Path file) throws IOException {
    return disk.openReadOnly(file);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    return new CountedFile(disk.create(file));
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    disk.createDirectory(directory);
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
  public void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public long identity(Path file) throws IOException {
    return disk.identity(file);
  }

  @Override
  public SharedMemory map(Path file, int bytes) throws IOException {
    return disk.map(file, bytes);
  }

  @Override
  public DiskLock lock(Path file) throws IOException {
    return disk.lock(file);
  }

  private final class CountedFile implements DiskFile {
    private final DiskFile file;

    CountedFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) throws IOException {
      return file.read(target, offset, length, position);
    }

    @Override
    public @Nullable FileMapping map() throws IOException {
      return file.map();
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) throws IOException {
      file.write(source, offset, length, position);
    }

    @Override
    public void sync() throws IOException {
      syncs.increment();
      file.sync();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
