package dev.espora.examples;

import dev.espora.db.DatabaseException;
import dev.espora.db.DatabaseException.StorageFailed;
import dev.espora.db.Journal;
import dev.espora.db.Medium;
import dev.espora.db.MemoryJournal;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Schema;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/**
 * A third medium: a plain file of at most 2 GiB for each partition, in a directory that there is,
 * for one process, and once in it. Frames follow one another, each synced before the next: {@code
 * int length | int ~length ^ position | int CRC32C | body}. A body is a batch, which begins with a
 * zero byte, or kind and schema of what follows. A torn end was never acknowledged and is cut off;
 * damage before the last frame is refused, that to the last one cannot be told from a torn end.
 */
record SingleFileMedium(Path directory) implements Medium {
  private record Contents(Optional<Stored> stored, List<byte[]> batches, int end) {}

  @Override
  public Journals open(Options options, ScheduledExecutorService background) {
    var lock = StorageFailed.call(() -> new RandomAccessFile(directory + "/.lock", "rw"));
    if (StorageFailed.call(() -> lock.getChannel().tryLock()) == null) {
      StorageFailed.close(lock);
      throw new DatabaseException.Busy("another process has " + directory + " open");
    }
    AtomicBoolean poisoned = new AtomicBoolean();
    return new Journals() {
      @Override
      public Journal open(String name, PartitionKind kind, Codec<?> events) {
        return StorageFailed.call(() -> new SingleFile(name, kind, events, poisoned));
      }

      @Override
      public Optional<Stored> stored(String name) {
        return StorageFailed.call(() -> contents(directory.resolve(name)).stored);
      }

      @Override
      public boolean isPoisoned() {
        return poisoned.get();
      }

      @Override
      public void close() {
        StorageFailed.close(lock);
      }
    };
  }

  private static Contents contents(Path path) throws IOException {
    byte[] file = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
    Optional<Stored> stored = Optional.empty();
    List<byte[]> batches = new ArrayList<>();
    int end = 0;
    for (byte[] body = body(file, 0); body.length > 0; body = body(file, end)) {
      end += 12 + body.length;
      if (body[0] == 0) {
        batches.add(body);
      } else {
        String[] text = new String(body, StandardCharsets.UTF_8).split(" ", 2);
        Stored next = new Stored(PartitionKind.valueOf(text[0]), Schema.parse(text[1]));
        stored = Optional.of(stored.orElse(next).writing(next.events()));
      }
    }
    for (int later = end + 1; later < file.length; later++) {
      if (body(file, later).length > 0) {
        throw new DatabaseException.Corrupt(path, end, "a frame before the last one is damaged");
      }
    }
    return new Contents(stored, batches, end);
  }

  /** What the frame at a position holds; nothing if there is no whole one. */
  private static byte[] body(byte[] file, int at) {
    ByteBuffer in = ByteBuffer.wrap(file, at, file.length - at);
    int length = in.remaining() > 12 ? in.getInt() : 0;
    boolean fits = length > 0 && length <= in.remaining() - 8 && in.getInt() == (~length ^ at);
    byte[] body = fits ? Arrays.copyOfRange(file, at + 12, at + 12 + length) : new byte[0];
    return fits && frame(at, body).getInt(8) == in.getInt() ? body : new byte[0];
  }

  private static ByteBuffer frame(int at, byte[] body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body);
    ByteBuffer header = ByteBuffer.allocate(12 + body.length).putInt(body.length);
    return header.putInt(~body.length ^ at).putInt((int) checksum.getValue()).put(body);
  }

  private final class SingleFile extends MemoryJournal {
    private final RandomAccessFile file; // an interrupt would close a FileChannel

    SingleFile(String name, PartitionKind kind, Codec<?> events, AtomicBoolean poisoned)
        throws IOException {
      Contents found = contents(directory.resolve(name));
      Stored fresh = new Stored(kind, events.schema());
      Stored stored = found.stored.orElse(fresh).openedAs(name, kind, events);
      super(stored, poisoned);
      found.batches.forEach(this::replay);
      file = new RandomAccessFile(directory.resolve(name).toFile(), "rw");
      try (FileChannel names = FileChannel.open(directory)) {
        file.setLength(found.end);
        file.seek(found.end);
        if (!found.stored.equals(Optional.of(stored))) {
          write((kind + " " + events.schema()).getBytes(StandardCharsets.UTF_8));
        }
        file.getFD().sync(); // also what a killed process had written and not synced
        names.force(true);
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }

    @Override
    protected long write(byte[] body) throws IOException {
      if (file.length() + body.length > Integer.MAX_VALUE - 20) {
        throw new DatabaseException.OutOfSpace("a file would be longer than 2 GiB", null);
      }
      file.write(frame((int) file.getFilePointer(), body).array());
      long start = System.nanoTime();
      file.getFD().sync();
      return System.nanoTime() - start;
    }

    @Override
    public void close() {
      StorageFailed.close(file);
    }
  }
}
