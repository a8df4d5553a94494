package dev.espora.db.file;

import dev.espora.db.disk.DiskFile;
import java.nio.file.Path;

/** An open segment. */
record Segment(Path path, SegmentHeader header, DiskFile file) {

  long base() {
    return header.base();
  }

  /** The position behind the file's last byte. */
  long end() {
    return header.end();
  }

  /** The offset in the file of a position in the log. */
  long offset(long position) {
    return position - header.base();
  }
}
