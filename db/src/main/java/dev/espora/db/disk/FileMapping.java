package dev.espora.db.disk;

/**
 * The bytes of a file as memory, to read from without a system call; what is written to the file is
 * seen at once. Safe for use by several threads.
 *
 * <p>Every reading throws {@link IllegalStateException} once it was closed, and {@link
 * InternalError} where the disk cannot deliver the bytes: {@link DiskFile#read} then says why.
 */
public interface FileMapping extends AutoCloseable {

  /** Bytes that the file had when it was mapped; nothing behind them is read. */
  long size();

  /** The four bytes at a position, little-endian. */
  int getInt(long position);

  void get(long position, byte[] target, int offset, int length);

  /** Readings under way in other threads fail. */
  @Override
  void close();
}
