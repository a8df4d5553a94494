package dev.espora.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that are for their owner alone from their first moment, whatever the umask, and that are
 * where their names say: no symbolic link is followed.
 */
final class PrivateFiles {
  static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private PrivateFiles() {}

  /** Opens a file to read and write it, and creates it if it is missing. */
  static FileChannel open(Path file) throws IOException {
    requireNoLink(file);
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, options, FILE);
  }

  /** Creates a file, or replaces it in one step. */
  static void replace(Path file, String content) throws IOException {
    Path building = file.resolveSibling(file.getFileName() + ".tmp");
    // Of a process that was killed; of a link, the link itself.
    Files.deleteIfExists(building);
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(building, options, FILE)) {
      ByteBuffer left = StandardCharsets.UTF_8.encode(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(building, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Says which name is wrong, better than the failure to open it would.
   *
   * @throws CommandFailed if it is a symbolic link, also one that leads nowhere
   */
  static void requireNoLink(Path file) {
    if (Files.isSymbolicLink(file)) {
      throw new CommandFailed(
          file + " is a symbolic link, which nobody follows in a data directory; remove it");
    }
  }
}
