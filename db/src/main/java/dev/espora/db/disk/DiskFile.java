package dev.espora.db.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An open file with positional reads and writes. Safe for use by several threads. */
public interface DiskFile extends AutoCloseable {

  /** Bytes in the file. */
  long size() throws IOException;

  /**
   * Reads until {@code length} bytes are read or the file ends.
   *
   * @return the bytes read, fewer than {@code length} only at the end of the file
   */
  int read(byte[] target, int offset, int length, long position) throws IOException;

  /** The file as memory to read from, or null where this disk has no such thing. */
  default @Nullable FileMapping map() throws IOException {
    return null;
  }

  /** Writes all of it, in one operation where the system takes it so. */
  void write(byte[] source, int offset, int length, long position) throws IOException;

  /**
   * Makes everything written to this file durable ({@code fdatasync} or stronger). Never retried
   * after a failure.
   */
  void sync() throws IOException;

  @Override
  void close();
}
