package dev.espora.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Who holds a TCP connection, as Linux tells it in {@code /proc}. */
final class Connections {
  private static final List<String> TABLES = List.of("/proc/net/tcp", "/proc/net/tcp6");

  /** The state of a listening socket, and 127.0.0.1 in the byte order of the table. */
  private static final String LISTENING = "0A";

  private static final String LOOPBACK = "0100007F";

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

  /**
   * Where a process listens, as {@code 127.0.0.1:PORT}, or with the hexadecimal address of the
   * table.
   */
  static List<String> listening(ProcessHandle process) throws IOException {
    List<String> own;
    try (Stream<Path> descriptors =
        Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
      own = descriptors.map(Connections::target).toList();
    }
    List<String> listening = new ArrayList<>();
    for (String table : TABLES) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns[3].equals(LISTENING) && own.contains("socket:[" + columns[9] + "]")) {
          int colon = columns[1].indexOf(':');
          String address = columns[1].substring(0, colon);
          int port = Integer.parseInt(columns[1].substring(colon + 1), 16);
          // Of IPv6, only the last four bytes differ from zeros and FFFF where it stands for IPv4.
          listening.add((address.endsWith(LOOPBACK) ? "127.0.0.1" : address) + ":" + port);
        }
      }
    }
    return listening;
  }

  private static String inode(int serverPort, int clientPort) throws IOException {
    for (String table : TABLES) {
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
