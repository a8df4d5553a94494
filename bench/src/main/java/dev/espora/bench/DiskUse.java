package dev.espora.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.LongAdder;

/** What a store takes of its disk, as its files show it. */
final class DiskUse {
  private static final int PAGE_BYTES = 4096;

  private DiskUse() {}

  /**
   * Bytes that are in use below a directory: pages of 4 KiB that are not all zeros. What an engine
   * preallocated and has not filled is left out, whichever engine it is.
   */
  static long usedBytes(Path directory) {
    LongAdder pages = new LongAdder();
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              pages.add(usedPages(file));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure)
                throws IOException {
              if (failure instanceof NoSuchFileException) {
                // The engine deleted it in the meantime.
                return FileVisitResult.CONTINUE;
              }
              throw failure;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pages.sum() * PAGE_BYTES;
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
      return 0; // deleted in the meantime, as above
    }
    return pages;
  }
}
