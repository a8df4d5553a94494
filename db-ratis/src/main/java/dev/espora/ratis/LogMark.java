package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.DatabaseException.StorageFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * How far a group's Raft log was agreed on, as far as this node has heard: what its files have to
 * hold when it starts again. Without it, a log whose end is gone looks like one that ends there.
 *
 * <p>An entry is counted once it is applied, and before that it was synced in the Raft log here.
 * The mark itself is written without syncing, except now and then: a crash of the process loses
 * nothing of it, a power cut makes it an older one, and never is it ahead of the log.
 *
 * <pre>
 * 0   8   index of the last entry that was applied
 * 8   4   CRC-32C of it
 * </pre>
 *
 * <p>Written by one thread at a time.
 */
final class LogMark implements AutoCloseable {
  /** Where nothing was agreed on. */
  static final long NONE = -1;

  private static final int BYTES = Long.BYTES + Integer.BYTES;

  private final Path file;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
  private final FileChannel channel;
  private long index;

  private LogMark(Path file, FileChannel channel, long index) {
    this.file = file;
    this.channel = channel;
    this.index = index;
  }

  static Path file(Path data, int group) {
    return data.resolve("mark-" + group);
  }

  /** Opens the mark of a group, which is created if it is not there. */
  static LogMark open(Path file) {
    return StorageFailed.call(() -> {
      long index = read(file);
      return new LogMark(
          file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE), index);
    });
  }

  /**
   * Reads it.
   *
   * @throws DatabaseException.Corrupt if it is not what was written
   */
  static long read(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return NONE;
    }
    if (bytes.length == 0) {
      return NONE; // a power cut before its first sync
    }
    ByteBuffer found = ByteBuffer.wrap(bytes);
    if (bytes.length != BYTES || found.getInt(Long.BYTES) != checksum(found)) {
      throw new DatabaseException.Corrupt(file, 0, "it does not say how far the Raft log goes");
    }
    return found.getLong(0);
  }

  private static int checksum(ByteBuffer mark) {
    CRC32C sum = new CRC32C();
    sum.update(mark.duplicate().position(0).limit(Long.BYTES));
    return (int) sum.getValue();
  }

  /** An entry was applied. */
  synchronized void reach(long applied) {
    if (applied <= index || !channel.isOpen()) {
      return;
    }
    buffer.clear().putLong(0, applied).putInt(Long.BYTES, checksum(buffer));
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer, buffer.position());
      }
    } catch (IOException e) {
      throw new StorageFailed(file + " cannot be written: " + e.getMessage(), e);
    }
    index = applied;
  }

  /** Makes it withstand a power cut. */
  synchronized void sync() {
    StorageFailed.call(() -> {
      channel.force(false);
      return index;
    });
  }

  @Override
  public synchronized void close() {
    if (channel.isOpen()) {
      try (channel) {
        channel.force(false);
      } catch (IOException e) {
        throw new StorageFailed(file + " cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
