package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The bank behind a balancer, reached in one of the two ways in which a balancer works. */
final class Edge implements AutoCloseable {

  /** How a connection gets from the balancer to an instance. */
  enum Way {
    /** {@code up bank}: the socket itself is passed on. */
    HANDOFF,
    /** {@code balance} in front of two {@code serve bank} on unix sockets: bytes are copied. */
    RELAY
  }

  private static final Pattern COMPONENT = Pattern.compile("(?m)^(\\S+) +pid (\\d+) ");

  private final int port;
  // The one to stop first comes first.
  private final Deque<Running> parts = new ArrayDeque<>();
  private final Map<String, ProcessHandle> components = new LinkedHashMap<>();

  private Edge(int port) {
    this.port = port;
  }

  /**
   * Starts everything.
   *
   * @param directory for data, sockets and logs; created if it is missing
   * @param balancerOptions of {@code espora balance}; none can be given to the one of {@code up}
   */
  static Edge start(Way way, Path directory, String... balancerOptions) throws IOException {
    Files.createDirectories(directory);
    Edge edge = new Edge(Espora.freePort());
    try {
      switch (way) {
        case HANDOFF -> edge.up(directory);
        case RELAY -> edge.relay(directory, List.of(balancerOptions));
      }
      return edge;
    } catch (IOException | RuntimeException | Error e) {
      edge.close();
      throw e;
    }
  }

  private void up(Path directory) throws IOException {
    String data = directory.resolve("data").toString();
    Running up =
        Running.start(directory, "up", "bank", "--data", data, "--port", String.valueOf(port));
    add("up", up);
    Matcher line = COMPONENT.matcher(up.output());
    while (line.find()) {
      components.put(line.group(1), ProcessHandle.of(Long.parseLong(line.group(2))).orElseThrow());
    }
  }

  private void relay(Path directory, List<String> balancerOptions) throws IOException {
    String data = directory.resolve("data").toString();
    List<String> balance = new ArrayList<>(List.of("balance", "--listen", "127.0.0.1:" + port));
    balance.addAll(balancerOptions);
    for (String name : List.of("bank-1", "bank-2")) {
      String address = "unix:" + directory.resolve(name + ".sock");
      balance.addAll(List.of("--upstream", address));
      add(name, Running.start(directory, "serve", "bank", "--data", data, "--listen", address));
    }
    add("balancer", Running.start(directory, balance.toArray(String[]::new)));
  }

  private void add(String name, Running part) {
    parts.addFirst(part);
    components.put(name, part.process().toHandle());
  }

  int port() {
    return port;
  }

  /** The processes by their names. */
  Map<String, ProcessHandle> components() {
    return components;
  }

  ProcessHandle component(String name) {
    return Objects.requireNonNull(components.get(name), name);
  }

  /** All that the processes printed. */
  String log() throws IOException {
    StringBuilder log = new StringBuilder();
    for (Running part : parts) {
      log.append(part.output());
    }
    return log.toString();
  }

  /** Stops everything, the balancer first, and requires that it ends well. */
  void stop() throws InterruptedException {
    for (Running part : parts) {
      assertThat(part.stop()).isZero();
    }
  }

  /** Ends whatever still runs, the hard way. */
  @Override
  public void close() {
    parts.forEach(Running::close);
  }
}
