package dev.espora.db.disk;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The disk of a Linux machine. */
public final class PosixDisk implements Disk {

  /**
   * Makes a disk; it holds nothing itself.
   *
   * @throws IllegalStateException if native access is denied. {@link PortableDisk} does without,
   *     but on Linux its locks and those of processes that use this one would not exclude each
   *     other
   */
  public PosixDisk() {
    try {
      MethodHandles.lookup().ensureInitialized(Posix.class);
    } catch (IllegalAccessException | LinkageError e) {
      throw new IllegalStateException(
          "native access is denied to the module dev.espora.db: start java with"
              + " --enable-native-access=dev.espora.db, or ALL-UNNAMED where it is on the class path",
          e);
    }
  }

  /** Whether this is Linux on a processor whose system calls are known. */
  public static boolean isSupported() {
    String processor = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (processor.equals("amd64") || processor.equals("aarch64"));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new PosixFile(file, Posix.open(file, Posix.O_READ_WRITE));
  }

  @Override
  public DiskFile openReadOnly(Path file) throws IOException {
    return new PosixFile(file, Posix.open(file, Posix.O_READ_ONLY));
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    int descriptor = Posix.open(file, Posix.O_READ_WRITE | Posix.O_CREATE_NEW);
    Posix.makePrivate(descriptor, file);
    return new PosixFile(file, descriptor);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    var mode = PosixFilePermissions.fromString("rwx------");
    Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(mode));
    Files.setPosixFilePermissions(directory, mode);
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).startsWith("Too many open files")) { // of all, or of this
        throw new DiskException(DiskException.Reason.EXHAUSTED, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Posix.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    int descriptor = Posix.open(directory, Posix.O_READ_ONLY);
    try {
      Posix.sync(descriptor, directory);
    } catch (DiskException e) { // it was begun, so it failed, whatever there is none left of
      throw new DiskException(DiskException.Reason.FAILED, String.valueOf(e.getMessage()));
    } finally {
      Posix.close(descriptor);
    }
  }

  @Override
  public long identity(Path file) throws IOException {
    return (long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public SharedMemory map(Path file, int bytes) throws IOException {
    return MappedMemory.of(file, bytes);
  }

  @Override
  public DiskLock lock(Path file) throws IOException {
    return new Flock(file, Posix.open(file, Posix.O_READ_WRITE));
  }

  /**
   * A descriptor that is closed once nobody uses it any more: its number could belong to another
   * file a moment later, and a write that is still under way would go there.
   */
  private abstract static class Descriptor implements AutoCloseable {
    final Path file;
    private final int descriptor;
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    Descriptor(Path file, int descriptor) {
      this.file = file;
      this.descriptor = descriptor;
    }

    final int enter() throws IOException {
      while (true) {
        int count = users.get();
        if (count == 0 || closed.get()) {
          throw new IOException(file + " was closed");
        }
        if (users.compareAndSet(count, count + 1)) {
          return descriptor;
        }
      }
    }

    final void exit() {
      if (users.decrementAndGet() == 0) {
        beforeClosing(descriptor);
        Posix.close(descriptor);
      }
    }

    /** What is to be done with the descriptor last. */
    void beforeClosing(int descriptor) {}

    @Override
    public final void close() {
      if (closed.compareAndSet(false, true)) {
        exit();
      }
    }
  }

  private static final class PosixFile extends Descriptor implements DiskFile {
    PosixFile(Path file, int descriptor) {
      super(file, descriptor);
    }

    @Override
    public long size() throws IOException {
      int descriptor = enter();
      try {
        return Posix.size(descriptor, file);
      } finally {
        exit();
      }
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) throws IOException {
      int descriptor = enter();
      try {
        return Posix.read(descriptor, file, target, offset, length, position);
      } finally {
        exit();
      }
    }

    @Override
    public FileMapping map() throws IOException {
      return MappedFile.of(file);
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) throws IOException {
      int descriptor = enter();
      try {
        Posix.write(descriptor, file, source, offset, length, position);
      } finally {
        exit();
      }
    }

    @Override
    public void sync() throws IOException {
      int descriptor = enter();
      try {
        Posix.dataSync(descriptor, file);
      } finally {
        exit();
      }
    }
  }

  private static final class Flock extends Descriptor implements DiskLock {
    Flock(Path file, int descriptor) {
      super(file, descriptor);
    }

    @Override
    public boolean tryExclusive() throws IOException {
      return operate(Posix.LOCK_EXCLUSIVE | Posix.LOCK_NO_WAIT);
    }

    @Override
    public void exclusive() throws IOException {
      operate(Posix.LOCK_EXCLUSIVE);
    }

    @Override
    public boolean tryShared() throws IOException {
      return operate(Posix.LOCK_SHARED | Posix.LOCK_NO_WAIT);
    }

    @Override
    public void release() throws IOException {
      operate(Posix.LOCK_RELEASE);
    }

    /**
     * A process that is being started at this moment has a copy of the descriptor until it becomes
     * another program, and closing ours would leave the lock with it.
     */
    @Override
    void beforeClosing(int descriptor) {
      try {
        var _ = Posix.lock(descriptor, file, Posix.LOCK_RELEASE);
      } catch (IOException e) {
        // closing releases it, a little later perhaps
      }
    }

    private boolean operate(int operation) throws IOException {
      int descriptor = enter();
      try {
        return Posix.lock(descriptor, file, operation);
      } finally {
        exit();
      }
    }
  }
}
