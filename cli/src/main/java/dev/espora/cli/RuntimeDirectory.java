package dev.espora.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A fresh directory for the sockets of one {@code up}, for its owner alone, gone when it ends. */
final class RuntimeDirectory implements AutoCloseable {
  private static final String PREFIX = "espora-";

  /** What both ends of a socket accept, names in the directory included. */
  private static final int SOCKET_PATH_BYTES_MAX = 80;

  private final Path path;

  private RuntimeDirectory(Path path) {
    this.path = path;
  }

  static RuntimeDirectory create() throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    if (bytes(temporary) > SOCKET_PATH_BYTES_MAX - 45) {
      temporary = Path.of("/tmp");
    }
    return new RuntimeDirectory(
        Files.createTempDirectory(temporary, PREFIX, PrivateFiles.DIRECTORY));
  }

  Path path() {
    return path;
  }

  Path socket(String name) {
    return path.resolve(name + ".sock");
  }

  /** Instances remove their sockets; those that were killed did not. */
  @Override
  public void close() throws IOException {
    clear(path);
  }

  /** Removes what an {@code up} that was killed left behind; anything else is left alone. */
  static void removeLeftOver(String left) throws IOException {
    Path path = Path.of(left);
    Path name = path.getFileName();
    if (path.isAbsolute()
        && name != null
        && name.toString().startsWith(PREFIX)
        && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        && Files.isWritable(path)) {
      clear(path);
    }
  }

  private static void clear(Path directory) throws IOException {
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(directory, "*.sock")) {
      for (Path socket : sockets) {
        Files.deleteIfExists(socket);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(directory);
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
