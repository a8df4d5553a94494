package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import dev.espora.db.disk.Disk;
import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A state on disk, so that opening does not replay all of history. It is written part by part, so
 * that a large one never is in memory as a whole, and each part can be read by itself.
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
 *           parts        one behind the other
 * then for each part:
 *     long  offset       in this file
 *     int   bytes
 *     int   checksum     CRC32C of the part
 * and at the end:
 *     int   parts        how many
 *     int   checksum     CRC32C of the first checksum, and of everything behind the parts
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
    Journal.Snapshot newest = newest(disk, directory, meta);
    return newest == null ? null : (LogPoint) newest.at();
  }

  /** The newest snapshot of a directory, or null if there is none. */
  static Journal.@Nullable Snapshot newest(Disk disk, Path directory, PartitionMeta meta)
      throws IOException {
    List<String> names = names(disk, directory);
    while (!names.isEmpty()) {
      try {
        return open(disk, directory.resolve(names.getLast()), meta.log());
      } catch (NoSuchFileException e) {
        List<String> now = names(disk, directory);
        if (now.equals(names)) {
          throw e;
        }
        names = now; // another process has written a newer one and deleted it
      }
    }
    return null;
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

  /** Opens a snapshot; its parts are checked as they are asked for. */
  static Journal.Snapshot open(Disk disk, Path path, long log) throws IOException {
    try (DiskFile file = disk.open(path)) {
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
      return new Journal.Snapshot(
          at, parse(schema, path), SnapshotParts.of(file, path, length + 4L, checksum));
    }
  }

  private static Schema parse(String schema, Path path) {
    try {
      return Schema.parse(schema);
    } catch (MalformedException e) {
      throw new DatabaseException.Corrupt(path, HEADER_BYTES, String.valueOf(e.getMessage()));
    }
  }

  static byte[] read(DiskFile file, Path path, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    int read = file.read(bytes, 0, length, offset);
    if (read < length) {
      throw new DatabaseException.Corrupt(path, offset + read, "it ends too early");
    }
    return bytes;
  }

  /** Writes a snapshot and deletes those before it, in this order. */
  static void write(
      Disk disk, Path directory, long log, LogPoint at, Schema schema, Iterator<byte[]> parts)
      throws IOException {
    String name = name(at.position());
    Path temporary =
        directory.resolve(
            "snapshot-%d-%d.tmp"
                .formatted(ProcessHandle.current().pid(), TEMPORARY.incrementAndGet()));
    try (DiskFile file = disk.create(temporary)) {
      writeTo(file, log, at, schema, parts);
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

  private static void writeTo(
      DiskFile file, long log, LogPoint at, Schema schema, Iterator<byte[]> parts)
      throws IOException {
    byte[] text = schema.toString().getBytes(StandardCharsets.UTF_8);
    Output out = new Output(HEADER_BYTES + text.length + 4);
    FileKind.SNAPSHOT.write(out);
    out.writeLong(log);
    out.writeLong(at.position());
    out.writeLong(at.sequence());
    out.writeInt(at.chain());
    out.writeInt(at.backward());
    out.writeInt(text.length);
    out.writeBytes(text);
    int checksum = Checksum.of(out.array(), 0, out.size());
    out.writeInt(checksum);
    file.write(out.array(), 0, out.size(), 0);
    long offset = out.size();
    Output table = new Output(1 << 12);
    table.writeInt(checksum);
    int count = 0;
    while (parts.hasNext()) {
      byte[] part = parts.next();
      file.write(part, 0, part.length, offset);
      table.writeLong(offset);
      table.writeInt(part.length);
      table.writeInt(Checksum.of(part, 0, part.length));
      offset += part.length;
      count++;
    }
    table.writeInt(count);
    table.writeInt(Checksum.of(table.array(), 0, table.size()));
    file.write(table.array(), 4, table.size() - 4, offset);
  }
}
