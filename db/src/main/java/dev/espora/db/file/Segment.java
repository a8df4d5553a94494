package dev.espora.db.file;

import dev.espora.db.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;

/** An open segment. */
record Segment(Path path, SegmentHeader header, DiskFile file) {

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
}
