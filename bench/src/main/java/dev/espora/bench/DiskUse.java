package dev.espora.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** What a store takes of its disk, as its files show it. */
final class DiskUse {
  private static final int PAGE_BYTES = 4096;

  private DiskUse() {}

  /**
   * Bytes that are in use below a directory: pages of 4 KiB that are not all zeros. What an engine
   * preallocated and has not filled is left out, whichever engine it is.
   */
  static long usedBytes(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> regular = files.filter(Files::isRegularFile).toList();
      long used = 0;
      for (Path file : regular) {
        used += usedPages(file) * PAGE_BYTES;
      }
      return used;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long usedPages(Path file) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(256 * PAGE_BYTES);
    ByteBuffer zeros = ByteBuffer.allocateDirect(PAGE_BYTES);
    long pages = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long position = 0;
      for (int read = channel.read(chunk.clear(), 0); read > 0; ) {
        for (int at = 0; at < read; at += PAGE_BYTES) {
          int length = Math.min(PAGE_BYTES, read - at);
          if (!chunk.slice(at, length).equals(zeros.slice(0, length))) {
            pages++;
          }
        }
        position += read;
        read = channel.read(chunk.clear(), position);
      }
    } catch (NoSuchFileException e) {
      // The engine deleted it in the meantime.
      return 0;
    }
    return pages;
  }
}
