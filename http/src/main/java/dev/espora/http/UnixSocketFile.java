package dev.espora.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a unix socket. It is bound under another name in a directory nobody else may enter,
 * gets its mode there, and only then its name: at no time can another user connect, whatever the
 * umask, and a dead process's file is replaced in one step.
 */
final class UnixSocketFile {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** Of what {@code stat(2)} tells: the bits of the type, and those of a socket. */
  private static final int FILE_TYPE = 0170000;

  private static final int SOCKET = 0140000;

  private final Path path;
  private final Path workshop;
  private @Nullable Object fileKey;

  private UnixSocketFile(Path path, Path workshop) {
    this.path = path;
    this.workshop = workshop;
  }

  /**
   * Makes sure that the path is free, or held by a dead process.
   *
   * @throws IOException if something else is there, or a process listens on it
   */
  static UnixSocketFile claim(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path directory = Objects.requireNonNullElse(absolute.getParent(), absolute);
    Files.createDirectories(directory, PRIVATE_DIRECTORY);
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      requireDead(absolute);
    }
    return new UnixSocketFile(
        absolute, Files.createTempDirectory(directory, ".", PRIVATE_DIRECTORY));
  }

  /** Where to bind. */
  Path bindPath() {
    return workshop.resolve("s");
  }

  /** Gives the bound socket its mode and its name. */
  void publish() throws IOException {
    Files.setPosixFilePermissions(bindPath(), PosixFilePermissions.fromString("rw-------"));
    fileKey = key(bindPath());
    Files.move(bindPath(), path, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(workshop);
  }

  /** Removes what {@link #claim} and {@link #publish} left, unless another process replaced it. */
  void remove() throws IOException {
    Files.deleteIfExists(bindPath());
    Files.deleteIfExists(workshop);
    if (fileKey != null
        && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && fileKey.equals(key(path))) {
      Files.delete(path);
    }
  }

  private static void requireDead(Path path) throws IOException {
    int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new IOException(path + " exists and is not a socket");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // One that does not accept would have us wait.
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(path));
      throw new IOException("another process listens on " + path);
    } catch (ConnectException _) {
      // Nobody is behind it.
    }
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
