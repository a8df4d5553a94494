package dev.espora.db.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * The disk of any machine that Java runs on, for where {@link PosixDisk} does not: slower, since
 * reads and writes of one file take turns, and waiting for a lock is asking for it again and again.
 *
 * <p>Files are accessed by {@link RandomAccessFile}, which an interrupt does not close. Locks are
 * those of {@link RecordLock}.
 */
public final class PortableDisk implements Disk {
  /** Makes a disk; it holds nothing itself. */
  public PortableDisk() {}

  @Override
  public DiskFile open(Path file) throws IOException {
    return open(file, "rw");
  }

  @Override
  public DiskFile openReadOnly(Path file) throws IOException {
    return open(file, "r");
  }

  private DiskFile open(Path file, String mode) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new DiskException(
          DiskException.Reason.DENIED, file + " is a symbolic link, which is not followed");
    }
    Object key = RecordLock.keyOf(file); // fails if there is none, where opening would make it
    return new PortableFile(new RandomAccessFile(file.toFile(), mode), file, key);
  }

  @Override
  public DiskFile create(Path file) throws IOException {
    Files.createFile(file, mode(file, "rw-------"));
    return open(file);
  }

  @Override
  public void createDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, mode(directory, "rwx------"));
  }

  /** Given at creation, so that there is no moment at which others may open it. */
  private static FileAttribute<?>[] mode(Path path, String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
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
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.delete(file);
  }

  /**
   * Where the system cannot open a directory, Windows for one, its names are durable by themselves.
   */
  @Override
  public void syncDirectory(Path directory) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    withoutInterrupt(() -> {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    });
  }

  @Override
  public long identity(Path file) throws IOException {
    Object key =
        Files.readAttributes(
                file, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .fileKey();
    return key == null ? 0 : key.toString().hashCode();
  }

  @Override
  public SharedMemory map(Path file, int bytes) throws IOException {
    return MappedMemory.of(file, bytes);
  }

  @Override
  public DiskLock lock(Path file) throws IOException {
    return RecordLock.of(file);
  }

  private interface Action {
    void run() throws IOException;
  }

  /**
   * Runs what an interrupt would break, and once more if one comes in the middle; the interrupt is
   * kept for later.
   */
  private static void withoutInterrupt(Action action) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          action.run();
          return;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class PortableFile implements DiskFile {
    private final RandomAccessFile file;
    private final Path path;
    private final Object key;
    private boolean closed;

    PortableFile(RandomAccessFile file, Path path, Object key) {
      this.file = file;
      this.path = path;
      this.key = key;
    }

    private RandomAccessFile opened() throws IOException {
      if (closed) {
        throw new IOException(path + " is closed");
      }
      return file;
    }

    @Override
    public synchronized long size() throws IOException {
      return opened().length();
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length, long position)
        throws IOException {
      opened().seek(position);
      int done = 0;
      while (done < length) {
        int count = file.read(target, offset + done, length - done);
        if (count < 0) {
          break;
        }
        done += count;
      }
      return done;
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length, long position)
        throws IOException {
      opened().seek(position);
      try {
        file.write(source, offset, length);
      } catch (IOException e) {
        if (path.toFile().getUsableSpace() < length) {
          throw new DiskException(DiskException.Reason.EXHAUSTED, "no space left for " + path);
        }
        throw e;
      }
    }

    /** Without the monitor: a sync must not hold up readers. */
    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      try {
        RecordLock.close(file, key);
      } catch (IOException e) {
        throw new IllegalStateException("closing " + path + " failed", e);
      }
    }
  }
}
