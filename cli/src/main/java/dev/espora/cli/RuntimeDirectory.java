package dev.espora.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A fresh directory for the sockets of one {@code up}, for its owner alone, gone when it ends. */
final class RuntimeDirectory implements AutoCloseable {
  private static final String PREFIX = "espora-";
  private static final String SOCKET_SUFFIX = ".sock";
  private static final Pattern WORKSHOP = Pattern.compile("\\.[0-9]+");

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
    return path.resolve(name + SOCKET_SUFFIX);
  }

  /** Instances remove their sockets; those that were killed did not. */
  @Override
  public void close() {
    clear(path);
  }

  /** Removes what an {@code up} that was killed left behind; anything else is left alone. */
  static void removeLeftOver(String left) {
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

  /** What cannot be removed is said: it harms nobody, and the next {@code up} makes its own. */
  private static void clear(Path directory) {
    try {
      for (Path entry : entries(directory)) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          clearWorkshop(entry);
        } else if (entry.toString().endsWith(SOCKET_SUFFIX)) {
          Files.deleteIfExists(entry);
        }
      }
      Files.deleteIfExists(directory);
    } catch (NoSuchFileException e) {
      // Somebody was quicker.
    } catch (IOException e) {
      System.err.println("espora: " + directory + " is left behind: " + Main.describe(e));
    }
  }

  /** Where an instance was killed while it made its socket, see {@code UnixSocketFile} of http. */
  private static void clearWorkshop(Path directory) throws IOException {
    if (WORKSHOP.matcher(directory.getFileName().toString()).matches()) {
      Files.deleteIfExists(directory.resolve("s"));
      Files.deleteIfExists(directory);
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      List<Path> all = new ArrayList<>();
      entries.forEach(all::add);
      return all;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
