package dev.espora.jmh;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders for one benchmark in the temporary one. Not safe for use by several threads. */
final class Scratch {
  private final List<Path> directories = new ArrayList<>();

  Path newDirectory() throws IOException {
    Path directory = Files.createTempDirectory("espora-jmh-");
    directories.add(directory);
    return directory;
  }

  /** A copy that is synced, so that nobody who opens it pays for that. */
  Path copy(Path from) throws IOException {
    Path to = newDirectory();
    for (Path source : tree(from)) {
      Path target = to.resolve(from.relativize(source).toString());
      if (Files.isDirectory(source)) {
        Files.createDirectories(target);
      } else {
        Files.copy(source, target);
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
    return to;
  }

  /** Deletes all of them. */
  void delete() throws IOException {
    for (Path directory : directories) {
      for (Path path : tree(directory).reversed()) {
        Files.delete(path);
      }
    }
    directories.clear();
  }

  /** Folders before what is in them. */
  private static List<Path> tree(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
