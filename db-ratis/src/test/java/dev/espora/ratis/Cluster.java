package dev.espora.ratis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** The configuration of nodes on this machine, on ports that were free a moment ago. */
final class Cluster {
  /** Below those that Linux gives to clients, 32768 and above. */
  private static final int FIRST_PORT = 10_000;

  private static final int LAST_PORT = 32_000;

  private final Path directory;
  private final Map<String, String> peers = new LinkedHashMap<>();

  Cluster(Path directory, int nodes) {
    this.directory = directory;
    for (int node = 1; node <= nodes; node++) {
      peers.put("n" + node, "127.0.0.1:" + freePort());
    }
  }

  /**
   * A port that nobody listens on. It is none that the system gives to clients: until it is
   * listened on, and between a node and its next life, the clients of other tests come and go.
   */
  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException _) {
        // Somebody has it.
      }
    }
  }

  /** One more, which is to join the others. */
  NodeConfig joining(int node) {
    peers.put("n" + node, "127.0.0.1:" + freePort());
    return config(node).withStart(NodeConfig.Start.JOIN);
  }

  /** Where a node listens for the others. */
  String address(String name) {
    return Objects.requireNonNull(peers.get(name));
  }

  /** Of all nodes. */
  List<NodeConfig> configs() {
    return IntStream.rangeClosed(1, peers.size()).mapToObj(this::config).toList();
  }

  /** Starts nodes at the same time, since none comes up without the others. */
  static List<RatisNode> start(List<NodeConfig> configs) throws Exception {
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      List<Future<RatisNode>> starting =
          configs.stream().map(each -> executor.submit(() -> RatisNode.start(each))).toList();
      List<RatisNode> nodes = new ArrayList<>();
      for (Future<RatisNode> each : starting) {
        nodes.add(each.get());
      }
      return nodes;
    }
  }

  /** Closes nodes, or what is open on them, at the same time, since each takes its seconds. */
  static void close(List<? extends AutoCloseable> all) throws Exception {
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      List<Future<Void>> closing = new ArrayList<>();
      for (AutoCloseable each : all) {
        closing.add(
            executor.submit(() -> {
              each.close();
              return null;
            }));
      }
      for (Future<Void> each : closing) {
        each.get();
      }
    }
  }

  /** Of one node, counted from 1. */
  NodeConfig config(int node) {
    String name = "n" + node;
    return NodeConfig.local(name, peers, directory.resolve(name), NodeConfig.Start.NEW)
        .withWaits(Duration.ofSeconds(60), Duration.ofSeconds(10));
  }
}
