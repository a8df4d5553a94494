package dev.espora.ratis;

import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One node of a replicated database, as its configuration file describes it; {@code
 * docs/replication.md} explains each line.
 *
 * @param node the name of this node, one of the peers
 * @param peers all voters, {@code host:port} by name, this node included
 * @param data the directory that this node alone keeps its data in
 * @param groups how many Raft groups the partitions are spread over, which never changes; 0 for as
 *     many as there are, and for as many as peers where the cluster begins
 * @param start whether the directory may be created
 * @param tls how nodes know each other; empty for plaintext
 * @param plaintext whether plaintext is allowed beyond the loopback interface
 * @param startWait how long opening waits for a majority
 * @param patience how long a read or write waits for a leader before it fails
 * @param keptEntries of each Raft log, how many entries are kept for nodes that are away; one that
 *     lacks more fetches a copy
 */
public record NodeConfig(
    String node,
    Map<String, String> peers,
    Path data,
    int groups,
    Start start,
    Optional<Tls> tls,
    boolean plaintext,
    Duration startWait,
    Duration patience,
    int keptEntries) {

  private static final Duration START_WAIT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int KEPT_ENTRIES = 100_000;
  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,32}");
  private static final Set<String> KEYS =
      Set.of(
          "node",
          "peers",
          "data",
          "groups",
          "start",
          "tls.certificate",
          "tls.key",
          "tls.trust",
          "plaintext",
          "wait.start.seconds",
          "wait.seconds",
          "keep.entries");
  private static final int MOST_GROUPS = 64;

  /** What a node without data does. */
  public enum Start {
    /** It has data: an empty directory is refused. */
    EXISTING,
    /** It belongs to a cluster that begins to exist, all nodes of which are empty. */
    NEW,
    /** It waits until the others, which exist, have added it. */
    JOIN
  }

  /**
   * Files in PEM form.
   *
   * @param certificate this node's, with its chain
   * @param key of that certificate, PKCS 8, not encrypted
   * @param trust the authorities that certificates of the other nodes have to come from
   */
  public record Tls(Path certificate, Path key, Path trust) {}

  public NodeConfig {
    peers = new LinkedHashMap<>(peers);
    check(NAME.matcher(node).matches(), "node '" + node + "' is not one to 32 of a-z 0-9 _ -");
    check(peers.containsKey(node), "node " + node + " is not among the peers " + peers.keySet());
    check(groups >= 0 && groups <= MOST_GROUPS, "groups is not 1 to " + MOST_GROUPS);
    check(keptEntries >= 1, "keep.entries is not positive");
    peers.forEach(NodeConfig::checkPeer);
    if (tls.isEmpty() && !plaintext) {
      peers.forEach((_, address) ->
          check(
              isLoopback(host(address)),
              "peer "
                  + address
                  + " is not on the loopback interface: give tls.certificate, tls.key and"
                  + " tls.trust, or plaintext=true if nobody else can reach this network"));
    }
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }

  static void checkPeer(String name, String address) {
    check(NAME.matcher(name).matches(), "peer '" + name + "' is not one to 32 of a-z 0-9 _ -");
    check(
        address.matches(".+:[0-9]{1,5}") && port(address) >= 1 && port(address) <= 65_535,
        "peer " + name + ": '" + address + "' is not host:port");
  }

  private static String host(String address) {
    return address.substring(0, address.lastIndexOf(':'));
  }

  static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  static InetSocketAddress socketAddress(String address) {
    return new InetSocketAddress(host(address), port(address));
  }

  /** Whether somebody takes connections at an address, and does so in time. */
  static boolean isListenedAt(String address, int mostMillis) {
    try (Socket socket = new Socket()) {
      socket.connect(socketAddress(address), mostMillis);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** A node that talks plaintext on the loopback interface. */
  public static NodeConfig local(String node, Map<String, String> peers, Path data, Start start) {
    return new NodeConfig(
        node, peers, data, 0, start, Optional.empty(), false, START_WAIT, PATIENCE, KEPT_ENTRIES);
  }

  /** The same with another answer to what an empty directory means. */
  public NodeConfig withStart(Start start) {
    return new NodeConfig(
        node, peers, data, groups, start, tls, plaintext, startWait, patience, keptEntries);
  }

  /** The same with another number of groups. */
  public NodeConfig withGroups(int groups) {
    return new NodeConfig(
        node, peers, data, groups, start, tls, plaintext, startWait, patience, keptEntries);
  }

  /** The same with another directory. */
  public NodeConfig withData(Path data) {
    return new NodeConfig(
        node, peers, data, groups, start, tls, plaintext, startWait, patience, keptEntries);
  }

  /** The same with other keys. */
  public NodeConfig withTls(Tls tls) {
    return new NodeConfig(
        node,
        peers,
        data,
        groups,
        start,
        Optional.of(tls),
        plaintext,
        startWait,
        patience,
        keptEntries);
  }

  /** The same with other bounds on waiting. */
  public NodeConfig withWaits(Duration startWait, Duration patience) {
    return new NodeConfig(
        node, peers, data, groups, start, tls, plaintext, startWait, patience, keptEntries);
  }

  /** The same with another number of entries that are kept. */
  public NodeConfig withKeptEntries(int keptEntries) {
    return new NodeConfig(
        node, peers, data, groups, start, tls, plaintext, startWait, patience, keptEntries);
  }

  /**
   * Reads a configuration file; paths in it are relative to its directory.
   *
   * @throws IllegalArgumentException if it cannot be read, or a line is missing, unknown or wrong;
   *     the message names it
   */
  public static NodeConfig read(Path file) {
    Properties lines = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      lines.load(reader);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e, e);
    }
    try {
      return parse(lines, file.toAbsolutePath().resolveSibling(""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static NodeConfig parse(Properties lines, Path directory) {
    Set<String> unknown = new TreeSet<>(lines.stringPropertyNames());
    unknown.removeAll(KEYS);
    check(unknown.isEmpty(), "unknown lines " + unknown + ", known are " + new TreeSet<>(KEYS));
    Map<String, String> peers = new LinkedHashMap<>();
    for (String each : required(lines, "peers").split(",", -1)) {
      String[] peer = each.strip().split("=", 2);
      check(peer.length == 2, "peers: '" + each.strip() + "' is not name=host:port");
      check(peers.put(peer[0], peer[1]) == null, "peers: " + peer[0] + " stands there twice");
    }
    return new NodeConfig(
        required(lines, "node"),
        peers,
        directory.resolve(required(lines, "data")),
        number(lines, "groups", 0),
        start(lines.getProperty("start", "existing")),
        tls(lines, directory),
        flag(lines, "plaintext"),
        Duration.ofSeconds(number(lines, "wait.start.seconds", (int) START_WAIT.toSeconds())),
        Duration.ofSeconds(number(lines, "wait.seconds", (int) PATIENCE.toSeconds())),
        number(lines, "keep.entries", KEPT_ENTRIES));
  }

  /** What {@link #read} would read, for whoever wants to ask this node. */
  String text() {
    StringBuilder text = new StringBuilder();
    line(text, "node", node);
    line(
        text,
        "peers",
        peers.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(",")));
    line(text, "data", data.toAbsolutePath().toString());
    line(text, "plaintext", String.valueOf(plaintext));
    tls.ifPresent(files -> {
      line(text, "tls.certificate", files.certificate().toAbsolutePath().toString());
      line(text, "tls.key", files.key().toAbsolutePath().toString());
      line(text, "tls.trust", files.trust().toAbsolutePath().toString());
    });
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n');
  }

  private static String required(Properties lines, String key) {
    String value = lines.getProperty(key);
    check(value != null && !value.isBlank(), "the line " + key + "= is missing");
    return String.valueOf(value).strip();
  }

  private static int number(Properties lines, String key, int otherwise) {
    String text = lines.getProperty(key, Integer.toString(otherwise)).strip();
    check(text.matches("[0-9]{1,6}"), key + ": '" + text + "' is not a number");
    return Integer.parseInt(text);
  }

  private static boolean flag(Properties lines, String key) {
    String text = lines.getProperty(key, "false").strip();
    check(
        text.equals("true") || text.equals("false"), key + ": '" + text + "' is not true or false");
    return text.equals("true");
  }

  private static Start start(String text) {
    return switch (text.strip()) {
      case "existing" -> Start.EXISTING;
      case "new" -> Start.NEW;
      case "join" -> Start.JOIN;
      default ->
          throw new IllegalArgumentException(
              "start: '" + text + "' is none of existing, new, join");
    };
  }

  private static Optional<Tls> tls(Properties lines, Path directory) {
    if (lines.stringPropertyNames().stream().noneMatch(key -> key.startsWith("tls."))) {
      return Optional.empty();
    }
    Tls tls =
        new Tls(
            directory.resolve(required(lines, "tls.certificate")),
            directory.resolve(required(lines, "tls.key")),
            directory.resolve(required(lines, "tls.trust")));
    Certificates.read(tls);
    return Optional.of(tls);
  }
}
