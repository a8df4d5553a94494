package dev.espora.db.file;

import dev.espora.db.disk.DiskFile;
import dev.espora.db.disk.FileMapping;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An open segment. Safe for use by several threads. */
final class Segment implements AutoCloseable {
  private final Path path;
  private final SegmentHeader header;
  private final DiskFile file;
  private volatile @Nullable FileMapping mapping;
  private boolean wasMapped;

  Segment(Path path, SegmentHeader header, DiskFile file) {
    this.path = path;
    this.header = header;
    this.file = file;
  }

  Path path() {
    return path;
  }

  SegmentHeader header() {
    return header;
  }

  DiskFile file() {
    return file;
  }

  /** The position of its first batch. */
  long base() {
    return header.base();
  }

  /**
   * The position behind the bytes that its file was made for. A single batch that is longer may
   * reach beyond.
   */
  long end() {
    return header.end();
  }

  /** The position behind the last byte that is in the file, or ought to be. */
  long limit() throws IOException {
    return Math.max(end(), base() + file.size() - SegmentHeader.BYTES);
  }

  /** The offset in the file of a position in the log. */
  long offset(long position) {
    return position - base() + SegmentHeader.BYTES;
  }

  /** The file as memory, made when it is first wanted; null where that cannot be done. */
  @Nullable FileMapping mapping() {
    FileMapping known = mapping;
    return known != null || wasMapped ? known : map();
  }

  private synchronized @Nullable FileMapping map() {
    if (!wasMapped) {
      wasMapped = true;
      try {
        mapping = file.map();
      } catch (IOException e) {
        // deleted by another process, or too much mapped: it can be read as a file
      }
    }
    return mapping;
  }

  @Override
  public synchronized void close() {
    wasMapped = true;
    FileMapping known = mapping;
    mapping = null;
    if (known != null) {
      known.close();
    }
    file.close();
  }
}
