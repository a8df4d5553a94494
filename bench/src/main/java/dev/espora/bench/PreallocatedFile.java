package dev.espora.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of real zeros that is overwritten from front to back, again and again. Its size and blocks
 * never change, so that a {@code force(false)} carries data only and no metadata.
 */
final class PreallocatedFile implements AutoCloseable {

  /** Bytes of the file; one write must not be longer. */
  static final int SIZE_BYTES = 64 << 20;

  private final FileChannel channel;
  private long position;

  PreallocatedFile(Path path) {
    try {
      channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
      for (long at = 0; at < SIZE_BYTES; at += zeros.capacity()) {
        zeros.clear();
        writeFully(zeros, at);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the buffer behind the one before and syncs it. */
  void writeAndSync(ByteBuffer batch) {
    try {
      if (position + batch.remaining() > SIZE_BYTES) {
        position = 0;
      }
      int bytes = batch.remaining();
      writeFully(batch, position);
      position += bytes;
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeFully(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
