package dev.espora.testkit.disk;

import dev.espora.db.disk.DiskException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds files and directories as processes see them. The disk that it belongs to guards it. */
record Tree(Inode.Directory root) {

  /** All files, sorted within their directories. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    collect(root, Path.of("/"), files);
    return files;
  }

  private static void collect(Inode.Directory directory, Path place, List<Path> files) {
    directory.seen.forEach((name, node) -> {
      switch (node) {
        case Inode.Regular _ -> files.add(place.resolve(name));
        case Inode.Directory inner -> collect(inner, place.resolve(name), files);
      }
    });
  }

  @Nullable Inode find(Path path) {
    Inode node = root;
    for (Path name : path) {
      node = node instanceof Inode.Directory in ? in.seen.get(name.toString()) : null;
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  Inode node(Path path) throws IOException {
    Inode node = find(path);
    if (node == null) {
      throw new NoSuchFileException(path.toString());
    }
    return node;
  }

  Inode.Regular regular(Path file) throws IOException {
    if (node(file) instanceof Inode.Regular regular) {
      return regular;
    }
    throw new DiskException(DiskException.Reason.FAILED, file + " is a directory");
  }

  Inode.Directory directory(Path path) throws IOException {
    if (node(path) instanceof Inode.Directory directory) {
      return directory;
    }
    throw new DiskException(DiskException.Reason.FAILED, path + " is no directory");
  }

  static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
