package dev.espora.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One {@code up} for each data directory: a lock on {@code up.lock} in it.
 *
 * <p>The file says who holds it and where its sockets are, so that a later {@code up} can tell, and
 * can remove what a killed one left behind. All access is through the one channel: closing any
 * other channel on the file would drop the lock.
 */
final class DataLock implements AutoCloseable {
  private static final String NAME = "up.lock";
  private static final int CONTENT_BYTES_MAX = 4096;

  private final Path file;
  private final FileChannel channel;
  private final boolean created;
  private final String previous;

  private DataLock(Path file, FileChannel channel, boolean created, String previous) {
    this.file = file;
    this.channel = channel;
    this.created = created;
    this.previous = previous;
  }

  /** Creates the directory if it is missing, for its owner alone. */
  static DataLock acquire(Path directory) throws IOException {
    Files.createDirectories(directory, PrivateFiles.DIRECTORY);
    Path file = directory.resolve(NAME);
    boolean created = !Files.exists(file);
    FileChannel channel = PrivateFiles.open(file);
    try {
      FileLock lock = channel.tryLock();
      String content = read(channel);
      if (lock == null) {
        throw new CommandFailed(
            "another 'up' runs on "
                + directory
                + " (pid "
                + content.lines().findFirst().orElse("?")
                + "); stop it, or choose another directory with --data");
      }
      return new DataLock(file, channel, created, content);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The socket directory of the last holder, empty if there was none. */
  String previousRuntime() {
    return previous.lines().skip(1).findFirst().orElse("");
  }

  void describe(Path runtime) throws IOException {
    channel.truncate(0);
    String content = ProcessHandle.current().pid() + "\n" + runtime + "\n";
    channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
  }

  /**
   * For a directory that turned out to be no place for a database: leaves no file in it that was
   * not there before.
   */
  void undo() throws IOException {
    if (created) {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(CONTENT_BYTES_MAX);
    channel.read(content, 0);
    return StandardCharsets.UTF_8.decode(content.flip()).toString();
  }
}
