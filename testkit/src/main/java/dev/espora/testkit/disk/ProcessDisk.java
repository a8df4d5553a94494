package dev.espora.testkit.disk;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.disk.SharedMemory;
import dev.espora.testkit.disk.Operation.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;

/** What one process sees of a simulated disk. */
record ProcessDisk(SimulatedDisk disk, SimulatedProcess process) implements Disk {

  @Override
  public DiskFile open(Path file) throws IOException {
    disk.enter(process, Kind.OPEN, file);
    synchronized (disk) {
      return new OpenFile(disk.tree().regular(file), file);
    }
  }

  @Override
  public DiskFile openReadOnly(Path file) throws IOException {
    return open(file);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    disk.enter(process, Kind.CREATE, file);
    synchronized (disk) {
      disk.check(process);
      Inode.Regular made = new Inode.Regular(disk.newIdentity(), new FileBytes());
      put(file, made);
      return new OpenFile(made, file);
    }
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    disk.enter(process, Kind.CREATE_DIRECTORY, directory);
    synchronized (disk) {
      disk.check(process);
      put(directory, new Inode.Directory(disk.newIdentity()));
    }
  }

  private void put(Path path, Inode made) throws IOException {
    Inode.Directory parent = disk.tree().directory(Tree.parent(path));
    if (parent.seen.putIfAbsent(Tree.name(path), made) != null) {
      throw new FileAlreadyExistsException(path.toString());
    }
  }

  @Override
  public boolean exists(Path path) {
    return disk.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    synchronized (disk) {
      return disk.tree().find(path) instanceof Inode.Directory;
    }
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    disk.enter(process, Kind.LIST, directory);
    synchronized (disk) {
      return List.copyOf(disk.tree().directory(directory).seen.keySet());
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    disk.enter(process, Kind.RENAME, from);
    synchronized (disk) {
      disk.check(process);
      Inode moved = disk.tree().node(from);
      Inode.Directory target = disk.tree().directory(Tree.parent(to));
      disk.tree().directory(Tree.parent(from)).seen.remove(Tree.name(from));
      target.seen.put(Tree.name(to), moved);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    disk.enter(process, Kind.DELETE, file);
    synchronized (disk) {
      disk.check(process);
      if (disk.tree().node(file) instanceof Inode.Directory directory
          && !directory.seen.isEmpty()) {
        throw new DiskException(DiskException.Reason.FAILED, file + " is not empty");
      }
      disk.tree().directory(Tree.parent(file)).seen.remove(Tree.name(file));
    }
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    disk.enter(process, Kind.SYNC_DIRECTORY, directory);
    synchronized (disk) {
      disk.check(process);
      disk.tree().directory(directory).sync();
    }
  }

  @Override
  public long identity(Path file) throws IOException {
    disk.enter(process, Kind.IDENTITY, file);
    synchronized (disk) {
      return disk.tree().node(file).identity();
    }
  }

  @Override
  public SharedMemory map(Path file, int bytes) throws IOException {
    disk.enter(process, Kind.MAP, file);
    synchronized (disk) {
      return new SimulatedMemory(disk, process, disk.tree().regular(file).bytes(), file);
    }
  }

  @Override
  public DiskLock lock(Path file) throws IOException {
    disk.enter(process, Kind.OPEN_LOCK, file);
    synchronized (disk) {
      SimulatedLock lock = new SimulatedLock(disk, process, disk.tree().regular(file));
      disk.opened(lock);
      return lock;
    }
  }

  private final class OpenFile implements DiskFile {
    private final FileBytes bytes;
    private final Path path;

    OpenFile(Inode.Regular file, Path path) {
      this.bytes = file.bytes();
      this.path = path;
    }

    @Override
    public long size() throws IOException {
      disk.enter(process, Kind.SIZE, path);
      synchronized (disk) {
        return bytes.size();
      }
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) throws IOException {
      disk.enter(process, Kind.READ, path);
      synchronized (disk) {
        return bytes.read(target, offset, length, position);
      }
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) throws IOException {
      Faults.Outcome outcome = disk.admit(process, Kind.WRITE, path);
      int at = Math.toIntExact(position);
      synchronized (disk) {
        disk.check(process);
        switch (outcome) {
          case PROCEED -> {
            if (disk.isFull() && bytes.size() < at + length) {
              throw SimulatedDisk.failure(Faults.Outcome.NO_SPACE, Kind.WRITE, path);
            }
            bytes.write(source, offset, length, at);
          }
          case SHORT_THEN_FAIL, SHORT_THEN_NO_SPACE -> {
            bytes.write(source, offset, length / 2, at);
            throw SimulatedDisk.failure(outcome, Kind.WRITE, path);
          }
          default -> throw SimulatedDisk.failure(outcome, Kind.WRITE, path);
        }
      }
    }

    @Override
    public void sync() throws IOException {
      Faults.Outcome outcome = disk.admit(process, Kind.SYNC, path);
      synchronized (disk) {
        disk.check(process);
        if (outcome != Faults.Outcome.PROCEED) {
          bytes.forget();
          throw SimulatedDisk.failure(outcome, Kind.SYNC, path);
        }
        bytes.sync();
      }
    }

    @Override
    public void close() {}
  }
}
