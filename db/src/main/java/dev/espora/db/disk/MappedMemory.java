package dev.espora.db.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The beginning of a file, mapped. */
final class MappedMemory implements SharedMemory {
  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private final Path file;
  private final MappedByteBuffer buffer;

  private MappedMemory(Path file, MappedByteBuffer buffer) {
    this.file = file;
    this.buffer = buffer;
  }

  static MappedMemory of(Path file, int bytes) throws IOException {
    // An interrupt closes a channel, not a mapping; it is put off until the mapping stands.
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      return new MappedMemory(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public long get(int offset) {
    return (long) WORD.getVolatile(buffer, offset);
  }

  @Override
  public void set(int offset, long value) {
    WORD.setVolatile(buffer, offset, value);
  }

  @Override
  public boolean compareAndSet(int offset, long expected, long value) {
    return WORD.compareAndSet(buffer, offset, expected, value);
  }

  @Override
  public void force() {
    try {
      buffer.force();
    } catch (UncheckedIOException e) { // which does not say of which file
      throw new UncheckedIOException(
          new DiskException(
              DiskException.Reason.FAILED, "syncing " + file + " failed: " + e.getMessage()));
    }
  }

  /** The mapping goes with the object: a reader that is a little late must not fault. */
  @Override
  public void close() {}
}
