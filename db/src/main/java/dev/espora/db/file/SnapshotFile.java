package dev.espora.db.file;

import dev.espora.db.DatabaseException;
import dev.espora.db.Journal;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import dev.espora.db.disk.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A state on disk, so that opening does not replay all of history.
 *
 * <pre>
 *  0  ESPORA N 1
 *  8  long  log
 * 16  long  position     the point of the log that the state was reached at
 * 24  long  sequence
 * 32  int   chain
 * 36  int   backward
 * 40  int   bytes        of the schema
 * 44  int   bytes        of the state
 * 48        schema       its text form
 *           state
 *     int   checksum     CRC32C of everything before
 * </pre>
 */
final class SnapshotFile {
  private static final String SUFFIX = ".snapshot";
  private static final int HEADER_BYTES = 48;
  private static final AtomicLong TEMPORARY = new AtomicLong();

  private SnapshotFile() {}

  /** The newest snapshot of a directory, or null if there is none. */
  static Journal.@Nullable Snapshot newest(Disk disk, Path directory, long log) throws IOException {
    List<String> names =
        disk.list(directory).stream().filter(name -> name.endsWith(SUFFIX)).toList();
    return names.isEmpty() ? null : read(disk, directory.resolve(names.getLast()), log);
  }

  private static Journal.Snapshot read(Disk disk, Path file, long log) throws IOException {
    byte[] bytes = Storage.readAll(disk, file, Integer.MAX_VALUE - 8);
    FileKind.SNAPSHOT.check(bytes, file);
    if (bytes.length < HEADER_BYTES + 4
        || new Input(bytes, bytes.length - 4, 4).readInt()
            != Checksum.of(bytes, 0, bytes.length - 4)) {
      throw new DatabaseException.Corrupt(file, 0, "its checksum is wrong");
    }
    Input in = new Input(bytes, FileKind.BYTES, bytes.length - FileKind.BYTES);
    if (in.readLong() != log) {
      throw new DatabaseException.Corrupt(file, FileKind.BYTES, "it belongs to another partition");
    }
    LogPoint at = new LogPoint(in.readLong(), in.readLong(), in.readInt(), in.readInt());
    int schemaBytes = in.readInt();
    int stateBytes = in.readInt();
    String schema = new String(in.readBytes(schemaBytes), StandardCharsets.UTF_8);
    return new Journal.Snapshot(at, Schema.parse(schema), in.readBytes(stateBytes));
  }

  /** Writes a snapshot and deletes those before it, in this order. */
  static void write(Disk disk, Path directory, long log, Journal.Snapshot snapshot)
      throws IOException {
    LogPoint at = (LogPoint) snapshot.at();
    byte[] schema = snapshot.schema().toString().getBytes(StandardCharsets.UTF_8);
    Output out = new Output(HEADER_BYTES + schema.length + snapshot.state().length + 4);
    FileKind.SNAPSHOT.write(out);
    out.writeLong(log);
    out.writeLong(at.position());
    out.writeLong(at.sequence());
    out.writeInt(at.chain());
    out.writeInt(at.backward());
    out.writeInt(schema.length);
    out.writeInt(snapshot.state().length);
    out.writeBytes(schema);
    out.writeBytes(snapshot.state());
    out.writeInt(Checksum.of(out.array(), 0, out.size()));
    String name = "%016x".formatted(at.position()) + SUFFIX;
    Path temporary =
        directory.resolve(
            "snapshot-%d-%d.tmp"
                .formatted(ProcessHandle.current().pid(), TEMPORARY.incrementAndGet()));
    Storage.replace(disk, directory.resolve(name), temporary, out.toByteArray());
    for (String other : disk.list(directory)) {
      if (other.endsWith(SUFFIX) && other.compareTo(name) < 0) {
        try {
          disk.delete(directory.resolve(other));
        } catch (NoSuchFileException e) {
          // another process was faster
        }
      }
    }
  }
}
