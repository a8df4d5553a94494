package dev.espora.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Options;
import dev.espora.db.PartitionKind;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that know each other by certificates, and others that want in. */
class TlsTest {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final TimeDuration PAUSE = TimeDuration.valueOf(20, TimeUnit.MILLISECONDS);

  private static Authority authority;
  private static Authority foreign;
  private static List<NodeConfig> configs = List.of();
  private static List<RatisNode> nodes = List.of();
  private static Set<Integer> listening = Set.of();

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    authority = Authority.create("nodes");
    foreign = Authority.create("foreign");
    listening = listening();
    List<NodeConfig> three = new ArrayList<>();
    for (NodeConfig each : new Cluster(directory, 3).configs()) {
      Path files = directory.resolve("tls-" + each.node());
      three.add(each.withTls(authority.files(files, authority.node(), authority)));
    }
    configs = three;
    nodes = Cluster.start(three);
  }

  @AfterAll
  static void stop() throws Exception {
    Cluster.close(nodes);
  }

  @Test
  void whatIsWrittenThroughOneNodeIsReadThroughAllOthers() {
    assertReplicates();
  }

  private static void assertReplicates() {
    for (int writer = 0; writer < nodes.size(); writer++) {
      try (Database db = database(writer)) {
        db.store("store", String.class, String.class).put("key-" + writer, "value");
      }
      for (int reader = 0; reader < nodes.size(); reader++) {
        try (Database db = database(reader)) {
          assertThat(db.store("store", String.class, String.class).read("key-" + writer))
              .map(Entry::value)
              .hasValue("value");
        }
      }
    }
  }

  private static Database database(int node) {
    return Database.open(Prefixed.medium(nodes.get(node), "tls-"), Options.DEFAULTS);
  }

  /** What is asked of the one listener holds for whatever of Ratis answers behind it. */
  @Test
  void eachNodeListensOnceOnly() throws IOException {
    assumeThat(Path.of("/proc/self/net/tcp")).as("Linux").exists();
    Set<Integer> more = listening();
    more.removeAll(listening);
    assertThat(more)
        .containsExactlyInAnyOrderElementsOf(
            configs.getFirst().peers().values().stream().map(NodeConfig::port).toList());
  }

  /** The TCP ports that this process listens on. */
  private static Set<Integer> listening() throws IOException {
    Set<String> own = new TreeSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : descriptors.filter(Files::isSymbolicLink).toList()) {
        try {
          own.add(Files.readSymbolicLink(each).toString());
        } catch (NoSuchFileException e) {
          // closed meanwhile
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
          ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }

  // --- connections

  @Test
  void connectionsWithoutTheRightCertificateAreRefused() throws Exception {
    SSLContext right = authority.issue(authority.node(), authority).context();
    for (int node = 0; node < nodes.size(); node++) {
      assertThat(firstByte(right, "TLSv1.3", node)).isNotNegative();
      assertRefused(right, "TLSv1.2", node, "protocol_version");
      assertRefused(withoutCertificate(), "TLSv1.3", node, "certificate_required");
      for (Certificates wrong :
          List.of(
              foreign.issue(foreign.node(), authority),
              authority.issue(authority.expired(), authority),
              authority.issue(authority.early(), authority))) {
        assertRefused(wrong.context(), "TLSv1.3", node, "certificate");
      }
      try (Socket plain = connect(node)) {
        plain.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(UTF_8));
        assertThat(plain.getInputStream().read()).isIn(-1, 0x15); // the end, or an alert
      }
    }
  }

  private static SSLContext withoutCertificate() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, authority.root().toTrustManagerFactory().getTrustManagers(), null);
    return context;
  }

  private static void assertRefused(SSLContext context, String protocol, int node, String reason) {
    assertThatThrownBy(() -> firstByte(context, protocol, node))
        .satisfiesAnyOf(
            refused ->
                assertThat(refused)
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("fatal alert: ")
                    .hasMessageContaining(reason),
            // closed before this side had written its last word, and could read the alert
            refused -> assertThat(refused).isInstanceOf(SocketException.class));
  }

  private static Socket connect(int node) throws IOException {
    int port = NodeConfig.port(String.valueOf(configs.get(node).peers().get("n" + (node + 1))));
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** A node speaks first, as soon as it has seen a certificate that it trusts. */
  private static int firstByte(SSLContext context, String protocol, int node) throws IOException {
    try (Socket plain = connect(node);
        SSLSocket socket =
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(plain, "127.0.0.1", plain.getPort(), true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {protocol});
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getInputStream().read();
    }
  }

  // --- clients

  @Test
  void clientsWithoutTheRightCertificateChangeNothing() throws Exception {
    try (RaftClient client = client(authority.issue(authority.node(), authority))) {
      assertThat(register(client, "right").isSuccess()).isTrue();
    }
    assertThat(nodes.getFirst().stored("right")).isPresent();
    for (Certificates wrong :
        List.of(
            foreign.issue(foreign.node(), authority),
            authority.issue(authority.expired(), authority))) {
      try (RaftClient client = client(wrong)) {
        assertThatThrownBy(() -> register(client, "wrong")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.admin().transferLeadership(RaftPeerId.valueOf("n1"), 3000))
            .isInstanceOfAny(IOException.class, StatusRuntimeException.class);
        assertThatThrownBy(() -> client.getGroupManagementApi(RaftPeerId.valueOf("n1")).list())
            .isInstanceOfAny(IOException.class, StatusRuntimeException.class);
      }
    }
    assertThat(nodes.getFirst().stored("wrong")).isEmpty();
  }

  private static RaftClient client(Certificates certificates) {
    Settings settings = new Settings(configs.getFirst());
    Parameters parameters = new Parameters();
    GrpcConfigKeys.TLS.setConf(parameters, certificates.grpc());
    return RaftClient.newBuilder()
        .setRaftGroup(settings.members(Math.floorMod("right".hashCode(), 3)))
        .setProperties(settings.properties(new File("none")))
        .setParameters(parameters)
        .setRetryPolicy(RetryPolicies.retryUpToMaximumCountWithFixedSleep(5, PAUSE))
        .build();
  }

  private static RaftClientReply register(RaftClient client, String partition) throws IOException {
    Request request = new Request.Register(partition, PartitionKind.LOG, "string");
    return client.io().send(Wire.REQUEST.message(request));
  }

  // --- nodes

  @Test
  void nodesWithoutTheRightCertificateDoNotComeUpAndSayWhy(@TempDir Path directory)
      throws Exception {
    Map<String, NodeConfig.Tls> strangers =
        Map.of(
            "has been shown no certificate from an authority that it trusts|hangs up: it may not",
            foreign.files(directory.resolve("a"), foreign.node(), authority),
            "has a certificate that comes from none of the authorities in tls.trust",
            authority.files(directory.resolve("b"), authority.node(), foreign));
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      Map<String, Future<?>> starting = new LinkedHashMap<>();
      strangers.forEach((reason, tls) ->
          starting.put(
              reason,
              executor.submit(() -> RatisNode.start(stranger(directory).withTls(tls)).close())));
      starting.put(
          "does not answer, or expects TLS",
          executor.submit(() -> RatisNode.start(stranger(directory)).close()));
      starting.forEach((reason, each) ->
          assertThatThrownBy(each::get)
              .cause()
              .isInstanceOf(DatabaseException.Busy.class)
              .hasMessageContaining("no answer from a majority within ")
              .hasMessageContaining("n1 at 127.0.0.1:")
              .hasMessageContaining("n2 at 127.0.0.1:")
              .hasMessageFindingMatch(reason)
              .message()
              .hasLineCount(1));
    }
    assertThat(nodes).noneMatch(RatisNode::isPoisoned);
    assertReplicates();
  }

  /** One that takes itself for the third. */
  private static NodeConfig stranger(Path directory) {
    Map<String, String> peers = new LinkedHashMap<>(configs.getFirst().peers());
    int port = Cluster.freePort();
    String name = "stranger-" + port;
    peers.remove("n3");
    peers.put(name, "127.0.0.1:" + port);
    return NodeConfig.local(name, peers, directory.resolve(name), NodeConfig.Start.NEW)
        .withWaits(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  @Test
  void aNodeWhoseCertificateIsForAnotherHostIsFoundOut(@TempDir Path directory) throws Exception {
    String address = "127.0.0.1:" + Cluster.freePort();
    NodeConfig.Tls tls =
        authority.files(directory, authority.nodeAt("elsewhere.example"), authority);
    NodeConfig alone =
        NodeConfig.local(
                "alone", Map.of("alone", address), directory.resolve("data"), NodeConfig.Start.NEW)
            .withTls(tls);
    try (RatisNode node = RatisNode.start(alone)) {
      assertThat(node.isPoisoned()).isFalse();
      Map<String, String> both = Map.of("alone", address, "other", "127.0.0.1:7101");
      NodeConfig other =
          NodeConfig.local("other", both, directory, NodeConfig.Start.NEW)
              .withTls(authority.files(directory, authority.node(), authority));
      assertThat(new PeerProbe(other).report())
          .startsWith("alone at " + address + " has a certificate that is refused")
          .contains("No subject alternative names matching IP address 127.0.0.1");
    }
  }
}
