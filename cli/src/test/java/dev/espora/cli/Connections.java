package dev.espora.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Who holds a TCP connection, as Linux tells it in {@code /proc}. */
final class Connections {
  private Connections() {}

  static boolean visible() {
    return Files.isReadable(Path.of("/proc/net/tcp"));
  }

  /** Whether the process holds the server's end of the connection from {@code clientPort}. */
  static boolean holds(ProcessHandle process, int serverPort, int clientPort) throws IOException {
    String inode = inode(serverPort, clientPort);
    try (Stream<Path> descriptors =
        Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
      return descriptors.anyMatch(
          descriptor -> target(descriptor).equals("socket:[" + inode + "]"));
    }
  }

  private static String inode(int serverPort, int clientPort) throws IOException {
    for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns[1].endsWith(hex(serverPort)) && columns[2].endsWith(hex(clientPort))) {
          return columns[9];
        }
      }
    }
    throw new AssertionError("no connection from port " + clientPort + " to " + serverPort);
  }

  private static String hex(int port) {
    return String.format(Locale.ROOT, ":%04X", port);
  }

  /** Descriptors come and go while we look. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
