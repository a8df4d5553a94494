package dev.espora.fuzz;

import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskException;
import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.DiskLock;
import dev.espora.db.disk.FileMapping;
import dev.espora.db.disk.SharedMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A disk of bytes in memory, for one process, quick to copy and to damage. */
public final class MapDisk implements Disk {
  /** A longer file is one that somebody was talked into. */
  private static final int MOST_BYTES = 64 << 20;

  private final NavigableMap<Path, Content> files = new ConcurrentSkipListMap<>();
  private final Set<Path> directories = ConcurrentHashMap.newKeySet();

  /** What is in a file. */
  private static final class Content {
    private byte[] bytes = {};
    private int size;

    private Content() {}

    private Content(byte[] bytes) {
      this.bytes = bytes;
      this.size = bytes.length;
    }

    synchronized byte[] copy() {
      return Arrays.copyOf(bytes, size);
    }

    synchronized int size() {
      return size;
    }

    synchronized int read(byte[] target, int offset, int length, long position) {
      if (position >= size) {
        return 0;
      }
      int count = (int) Math.min(length, size - position);
      System.arraycopy(bytes, (int) position, target, offset, count);
      return count;
    }

    synchronized void write(byte[] source, int offset, int length, long position) {
      int end = Math.toIntExact(position + length);
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      System.arraycopy(source, offset, bytes, (int) position, length);
      size = Math.max(size, end);
    }

    private ByteBuffer words() {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    synchronized long get(int offset) {
      return words().getLong(offset);
    }

    synchronized boolean set(int offset, @Nullable Long expected, long value) {
      boolean sets = expected == null || words().getLong(offset) == expected;
      if (sets) {
        words().putLong(offset, value);
      }
      return sets;
    }
  }

  /** Another disk with the same files. */
  public MapDisk copy() {
    MapDisk copy = new MapDisk();
    copy.directories.addAll(directories);
    files.forEach((path, content) -> copy.files.put(path, new Content(content.copy())));
    return copy;
  }

  /** All files. */
  public List<Path> files() {
    return List.copyOf(files.keySet());
  }

  public byte[] bytes(Path file) {
    return content(file).copy();
  }

  public void replace(Path file, byte[] bytes) {
    files.put(file, new Content(bytes));
  }

  private Content content(Path file) {
    Content content = files.get(file);
    if (content == null) {
      throw new IllegalArgumentException(file + " is missing");
    }
    return content;
  }

  private Content existing(Path file) throws NoSuchFileException {
    Content content = files.get(file);
    if (content == null) {
      throw new NoSuchFileException(file.toString());
    }
    return content;
  }

  @Override
  public DiskFile open(Path file) throws NoSuchFileException {
    return new OpenFile(existing(file));
  }

  @Override
  public DiskFile openReadOnly(Path file) throws NoSuchFileException {
    return open(file);
  }

  @Override
  public DiskFile create(Path file) throws FileAlreadyExistsException {
    Content content = new Content();
    if (files.putIfAbsent(file, content) != null) {
      throw new FileAlreadyExistsException(file.toString());
    }
    return new OpenFile(content);
  }

  @Override
  public void createDirectory(Path directory) throws FileAlreadyExistsException {
    if (!directories.add(directory)) {
      throw new FileAlreadyExistsException(directory.toString());
    }
  }

  @Override
  public boolean exists(Path path) {
    return files.containsKey(path) || isDirectory(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return path.getParent() == null || directories.contains(path);
  }

  @Override
  public List<String> list(Path directory) {
    return java.util.stream.Stream.concat(files.keySet().stream(), directories.stream())
        .filter(path -> directory.equals(path.getParent()))
        .map(path -> String.valueOf(path.getFileName()))
        .sorted()
        .toList();
  }

  @Override
  public void rename(Path from, Path to) throws NoSuchFileException {
    if (directories.remove(from)) {
      directories.add(to);
      for (Map.Entry<Path, Content> file : Map.copyOf(files).entrySet()) {
        if (file.getKey().startsWith(from)) {
          files.remove(file.getKey());
          files.put(to.resolve(from.relativize(file.getKey())), file.getValue());
        }
      }
    } else {
      files.put(to, existing(from));
      files.remove(from);
    }
  }

  @Override
  public void delete(Path file) throws NoSuchFileException {
    if (!directories.remove(file) && files.remove(file) == null) {
      throw new NoSuchFileException(file.toString());
    }
  }

  @Override
  public void syncDirectory(Path directory) {}

  @Override
  public long identity(Path file) throws NoSuchFileException {
    return System.identityHashCode(existing(file));
  }

  @Override
  public SharedMemory map(Path file, int bytes) throws NoSuchFileException {
    return new Memory(existing(file));
  }

  @Override
  public DiskLock lock(Path file) throws NoSuchFileException {
    existing(file);
    return new NoLock();
  }

  private record OpenFile(Content content) implements DiskFile {
    @Override
    public long size() {
      return content.size();
    }

    @Override
    public int read(byte[] target, int offset, int length, long position) throws IOException {
      if (position < 0) {
        throw new IOException("no file has a byte " + position);
      }
      return content.read(target, offset, length, position);
    }

    @Override
    public FileMapping map() {
      return new Mapping(content, content.size());
    }

    @Override
    public void write(byte[] source, int offset, int length, long position) throws IOException {
      if (position < 0 || position + length > MOST_BYTES) {
        throw new DiskException(DiskException.Reason.EXHAUSTED, "no room for byte " + position);
      }
      content.write(source, offset, length, position);
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }

  private record Mapping(Content content, long size) implements FileMapping {
    @Override
    public int getInt(long position) {
      byte[] four = new byte[4];
      get(position, four, 0, 4);
      return ByteBuffer.wrap(four).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Override
    public void get(long position, byte[] target, int offset, int length) {
      if (position < 0 || position + length > size) {
        throw new IndexOutOfBoundsException("position " + position + " of " + size);
      }
      content.read(target, offset, length, position);
    }

    @Override
    public void close() {}
  }

  private record Memory(Content content) implements SharedMemory {
    @Override
    public long get(int offset) {
      return content.get(offset);
    }

    @Override
    public void set(int offset, long value) {
      content.set(offset, null, value);
    }

    @Override
    public boolean compareAndSet(int offset, long expected, long value) {
      return content.set(offset, expected, value);
    }

    @Override
    public void force() {}

    @Override
    public void close() {}
  }

  /** Nobody else is there to be locked out. */
  private record NoLock() implements DiskLock {
    @Override
    public boolean tryExclusive() {
      return true;
    }

    @Override
    public void exclusive() {}

    @Override
    public boolean tryShared() {
      return true;
    }

    @Override
    public void release() {}

    @Override
    public void close() {}
  }
}
