package dev.espora.ratis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a group's copy of the partitions is, and what stands beside it for a while: a copy that
 * comes from another node, one that is made for another node, and the old one while it is replaced.
 *
 * @param current {@code copy-N}
 */
record CopyDirectory(Path current) {

  /** What comes from another node. */
  Path coming() {
    return beside("coming");
  }

  /** What is made for another node. */
  Path going() {
    return beside("going");
  }

  /** A file that is not complete. */
  Path building() {
    return beside("snapshot");
  }

  private Path old() {
    return beside("old");
  }

  private Path beside(String what) {
    return current.resolveSibling(current.getFileName() + "." + what);
  }

  /** Leaves what was current, or what has taken its place, and nothing else. */
  void recover() throws IOException {
    if (Files.exists(old()) && !Files.exists(current)) {
      Files.move(old(), current);
      Durably.syncDirectory(parent());
    }
    Durably.delete(old());
    Durably.delete(coming());
    Durably.delete(going());
  }

  /** Puts what came, which is durable, in the place of what was current. */
  void replace() throws IOException {
    Durably.delete(old());
    if (Files.exists(current)) {
      Files.move(current, old());
    }
    Files.move(coming(), current);
    Durably.syncDirectory(parent());
    Durably.delete(old());
  }

  private Path parent() {
    return current.toAbsolutePath().resolveSibling("");
  }
}
