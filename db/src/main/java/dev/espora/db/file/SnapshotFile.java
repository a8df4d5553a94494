package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A state on disk, so that opening does not replay all of history. It is written and read part by
 * part, so that a large one never is in memory as a whole.
 *
 * <pre>
 *  0  ESPORA N 1
 *  8  long  log
 * 16  long  position     the point of the log that the state was reached at
 * 24  long  sequence
 * 32  int   chain
 * 36  int   backward
 * 40  int   bytes        of the schema
 * 44        schema       its text form
 *     int   checksum     CRC32C of everything before
 * then each part, and at the end one without bytes:
 *     int   bytes        of the part
 *           part
 *     int   checksum     CRC32C of the checksum before, and of the part from its length on
 * </pre>
 */
final class SnapshotFile {
  static final String SUFFIX = ".snapshot";
  private static final int HEADER_BYTES = 44;
  private static final int MOST_SCHEMA_BYTES = 1 << 20;
  private static final AtomicLong TEMPORARY = new AtomicLong();

  private SnapshotFile() {}

  /** Where the newest snapshot of a directory was reached, or null if there is none. */
  static @Nullable LogPoint newestPoint(Disk disk, Path directory, PartitionMeta meta)
      throws IOException {
    try (Journal.Snapshot newest = newest(disk, directory, meta)) {
      return newest == null ? null : (LogPoint) newest.at();
    }
  }

  /** The newest snapshot of a directory, or null if there is none. */
  static Journal.@Nullable Snapshot newest(Disk disk, Path directory, PartitionMeta meta)
      throws IOException {
    List<String> names = names(disk, directory);
    return names.isEmpty() ? null : open(disk, directory.resolve(names.getLast()), meta.log());
  }

  /** The names of the snapshots in a directory, oldest first. */
  static List<String> names(Disk disk, Path directory) throws IOException {
    return disk.list(directory).stream().filter(name -> name.endsWith(SUFFIX)).toList();
  }

  /** The name of the snapshot of a position. */
  static String name(long position) {
    return "%016x".formatted(position) + SUFFIX;
  }

  /** Bytes of the snapshots in a directory. */
  static long bytes(Disk disk, Path directory) throws IOException {
    long bytes = 0;
    for (String name : names(disk, directory)) {
      try (DiskFile file = disk.open(directory.resolve(name))) {
        bytes += file.size();
      } catch (NoSuchFileException e) {
        // replaced by a newer one meanwhile
      }
    }
    return bytes;
  }

  /** Opens a snapshot; its parts are read, and checked, as they are asked for. */
  static Journal.Snapshot open(Disk disk, Path path, long log) throws IOException {
    DiskFile file = disk.open(path);
    try {
      byte[] header = read(file, path, 0, HEADER_BYTES);
      FileKind.SNAPSHOT.check(header, path);
      Input in = new Input(header, FileKind.BYTES, HEADER_BYTES - FileKind.BYTES);
      long of = in.readLong();
      LogPoint at = new LogPoint(in.readLong(), in.readLong(), in.readInt(), in.readInt());
      int schemaBytes = in.readInt();
      if (schemaBytes < 0 || schemaBytes > MOST_SCHEMA_BYTES) {
        throw new DatabaseException.Corrupt(path, 40, "no schema has " + schemaBytes + " bytes");
      }
      int length = HEADER_BYTES + schemaBytes;
      byte[] start = read(file, path, 0, length + 4);
      int checksum = new Input(start, length, 4).readInt();
      if (checksum != Checksum.of(start, 0, length)) {
        throw new DatabaseException.Corrupt(path, 0, "its checksum is wrong");
      }
      if (of != log) {
        throw new DatabaseException.Corrupt(
            path, FileKind.BYTES, "it belongs to another partition");
      }
      String schema = new String(start, HEADER_BYTES, schemaBytes, StandardCharsets.UTF_8);
      Parts parts = new Parts(file, path, length + 4L, checksum);
      return new Journal.Snapshot(at, Schema.parse(schema), parts);
    } catch (RuntimeException | Error | IOException e) {
      file.close();
      throw e;
    }
  }

  private static byte[] read(DiskFile file, Path path, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    int read = file.read(bytes, 0, length, offset);
    if (read < length) {
      throw new DatabaseException.Corrupt(path, offset + read, "it ends too early");
    }
    return bytes;
  }

  /** The parts of a snapshot one after another; closes the file behind the last. */
  private static final class Parts implements Journal.Parts {
    private final DiskFile file;
    private final Path path;
    private final long size;
    private long at;
    private int chain;
    private byte @Nullable [] next;

    Parts(DiskFile file, Path path, long at, int chain) throws IOException {
      this.file = file;
      this.path = path;
      this.size = file.size();
      this.at = at;
      this.chain = chain;
    }

    @Override
    public boolean hasNext() {
      if (next == null) {
        next = Storage.call(this::advance);
      }
      return next.length > 0;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      byte[] part = java.util.Objects.requireNonNull(next);
      next = null;
      return part;
    }

    private byte[] advance() throws IOException {
      try {
        int length = new Input(read(file, path, at, 4)).readInt();
        if (length < 0 || at + length + 8 > size) {
          throw new DatabaseException.Corrupt(path, at, "it ends too early");
        }
        byte[] bytes = read(file, path, at, length + 8);
        int checksum = new Input(bytes, length + 4, 4).readInt();
        if (checksum != chained(chain, bytes, length + 4)) {
          throw new DatabaseException.Corrupt(path, at, "the checksum of a part is wrong");
        }
        at += length + 8L;
        chain = checksum;
        if (length == 0) {
          end();
        }
        return java.util.Arrays.copyOfRange(bytes, 4, 4 + length);
      } catch (RuntimeException | Error | IOException e) {
        file.close();
        throw e;
      }
    }

    @Override
    public void close() {
      file.close();
    }

    private void end() {
      if (at != size) {
        throw new DatabaseException.Corrupt(path, at, "something lies behind its end");
      }
      file.close();
    }
  }

  private static int chained(int chain, byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    byte[] before = new byte[4];
    Output.setInt(before, 0, chain);
    crc.update(before, 0, 4);
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Writes a snapshot and deletes those before it, in this order. */
  static void write(Disk disk, Path directory, long log, Journal.Snapshot snapshot)
      throws IOException {
    String name = name(snapshot.at().position());
    Path temporary =
        directory.resolve(
            "snapshot-%d-%d.tmp"
                .formatted(ProcessHandle.current().pid(), TEMPORARY.incrementAndGet()));
    try (DiskFile file = disk.create(temporary)) {
      writeTo(file, log, snapshot);
      file.sync();
    } catch (RuntimeException | Error | IOException e) {
      discard(disk, temporary);
      throw e;
    }
    disk.rename(temporary, directory.resolve(name));
    disk.syncDirectory(directory);
    for (String other : names(disk, directory)) {
      if (other.compareTo(name) < 0) {
        discard(disk, directory.resolve(other));
      }
    }
  }

  private static void discard(Disk disk, Path file) throws IOException {
    try {
      disk.delete(file);
    } catch (NoSuchFileException e) {
      // another process was faster
    }
  }

  private static void writeTo(DiskFile file, long log, Journal.Snapshot snapshot)
      throws IOException {
    LogPoint at = (LogPoint) snapshot.at();
    byte[] schema = snapshot.schema().toString().getBytes(StandardCharsets.UTF_8);
    Output out = new Output(HEADER_BYTES + schema.length + 4);
    FileKind.SNAPSHOT.write(out);
    out.writeLong(log);
    out.writeLong(at.position());
    out.writeLong(at.sequence());
    out.writeInt(at.chain());
    out.writeInt(at.backward());
    out.writeInt(schema.length);
    out.writeBytes(schema);
    int chain = Checksum.of(out.array(), 0, out.size());
    out.writeInt(chain);
    file.write(out.array(), 0, out.size(), 0);
    long offset = out.size();
    boolean more = true;
    while (more) {
      more = snapshot.parts().hasNext();
      byte[] part = more ? snapshot.parts().next() : new byte[0];
      out.truncate(0);
      out.writeInt(part.length);
      out.writeBytes(part);
      chain = chained(chain, out.array(), out.size());
      out.writeInt(chain);
      file.write(out.array(), 0, out.size(), offset);
      offset += out.size();
    }
  }
}
