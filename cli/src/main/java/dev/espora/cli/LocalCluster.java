package dev.espora.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The nodes of a cluster on this machine, as files in one directory: {@code node-1.properties} and
 * the data of that node in {@code node-1}. Their ports are chosen once and stay.
 *
 * @param peers as each of the files names them
 */
record LocalCluster(Path directory, int nodes, String peers) {

  static Path file(Path directory, int node) {
    return directory.resolve("node-" + node + ".properties");
  }

  /**
   * The cluster in a directory, which is made if there is none.
   *
   * @throws CommandFailed if there is something else, or a cluster of another size
   */
  static LocalCluster at(Path directory, int nodes) throws IOException {
    if (Files.exists(directory.resolve("espora"))) {
      throw new CommandFailed(
          directory + " is a database without nodes; choose another directory with --data");
    }
    int known = known(directory);
    if (known != 0 && known != nodes) {
      throw new CommandFailed(
          directory
              + " has "
              + known
              + " nodes, not "
              + nodes
              + "; give --nodes "
              + known
              + ", or another directory with --data");
    }
    if (known == 0) {
      LocalCluster fresh = new LocalCluster(directory, nodes, freePeers(nodes));
      fresh.write("start=new\n");
      return fresh;
    }
    try (Stream<String> lines = Files.lines(file(directory, 1))) {
      String peers =
          lines
              .filter(line -> line.startsWith("peers="))
              .findFirst()
              .orElseThrow(() -> new CommandFailed(file(directory, 1) + " names no peers"));
      return new LocalCluster(directory, nodes, peers.substring("peers=".length()));
    }
  }

  private static int known(Path directory) {
    int node = 0;
    while (Files.exists(file(directory, node + 1), LinkOption.NOFOLLOW_LINKS)) {
      node++;
      PrivateFiles.requireNoLink(file(directory, node));
    }
    return node;
  }

  private static String freePeers(int nodes) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int node = 1; node <= nodes; node++) {
        held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return IntStream.range(0, nodes)
          .mapToObj(i -> "node-" + (i + 1) + "=127.0.0.1:" + held.get(i).getLocalPort())
          .collect(Collectors.joining(","));
    } finally {
      for (ServerSocket each : held) {
        each.close();
      }
    }
  }

  /** All nodes have data: none may be empty from now on. */
  void begun() throws IOException {
    write("");
  }

  /** The first one last: as long as it is not there, nothing is, and it is begun anew. */
  private void write(String more) throws IOException {
    for (int node = nodes; node >= 1; node--) {
      String lines =
          "node=node-%d%ndata=node-%d%npeers=%s%ngroups=1%n%s".formatted(node, node, peers, more);
      PrivateFiles.replace(file(directory, node), lines);
    }
  }
}
