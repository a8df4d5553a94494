package dev.espora.balancer;

import static dev.espora.balancer.TestUpstream.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AdmissionTest {
  @TempDir Path dir;

  @Test
  void connectionsBeyondTheTotalCapAreClosedAndThoseWithinItWork() throws Exception {
    assertCap(BalancerLimits.DEFAULTS.withMaxConnections(3));
  }

  @Test
  void connectionsBeyondTheCapOfOneSourceAreClosedAndThoseWithinItWork() throws Exception {
    assertCap(BalancerLimits.DEFAULTS.withMaxConnectionsPerSource(3));
  }

  @Test
  void capOfOneSourceLeavesRoomForAnother() throws Exception {
    BalancerLimits limits = BalancerLimits.DEFAULTS.withMaxConnectionsPerSource(1);
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"));
        Balancer balancer =
            Balancer.start(Balancers.options(upstream.upstream()).withLimits(limits));
        TestClient first = TestClient.connect(balancer);
        TestClient second = TestClient.connect(balancer);
        TestClient elsewhere = TestClient.connectFrom(balancer, "127.0.0.2")) {
      assertThat(first.line()).isEqualTo("u");
      assertThat(second.isEnded()).isTrue();
      assertThat(elsewhere.line()).isEqualTo("u");
    }
  }

  @Test
  void drainStopsAcceptingAndLetsConnectionsEnd() throws Exception {
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"));
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer)) {
      assertThat(client.line()).isEqualTo("u");
      CompletableFuture<Boolean> drained = drain(balancer, Duration.ofSeconds(20));
      await().until(() -> isRefused(balancer));
      client.send("still served\n");
      assertThat(client.line()).isEqualTo("still served");
      assertThat(drained).isNotDone();
      client.finish();
      assertThat(client.rest()).isEmpty();
      assertThat(drained.join()).isTrue();
    }
  }

  @Test
  void drainClosesWhatIsLeftAtItsLimit() throws Exception {
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"));
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer)) {
      assertThat(client.line()).isEqualTo("u");
      assertThat(drain(balancer, Duration.ofMillis(50)).join()).isFalse();
      assertThat(client.isEnded()).isTrue();
      assertThat(balancer.statistics().active()).isZero();
    }
  }

  @Test
  void closeTwiceIsFine() throws Exception {
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"))) {
      Balancer balancer = Balancers.start(upstream);
      balancer.close();
      balancer.close();
      assertThat(isRefused(balancer)).isTrue();
    }
  }

  @Test
  void unixListenerIsForItsOwnerOnlyAndGoesWithTheBalancer() throws Exception {
    Path path = dir.resolve("listen");
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"))) {
      BalancerOptions options =
          BalancerOptions.of(List.of(new Address.Unix(path)), List.of(upstream.upstream()));
      try (Balancer balancer = Balancer.start(options);
          SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        assertThat(balancer.addresses()).containsExactly(new Address.Unix(path));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .isEqualTo("rw-------");
        client.connect(UnixDomainSocketAddress.of(path));
        assertThat(TestUpstream.input(client).readNBytes(2)).isEqualTo(new byte[] {'u', '\n'});
      }
      assertThat(path).doesNotExist();
    }
  }

  /** Nobody is behind it. */
  private static BalancerOptions listeningAt(Path path) {
    return BalancerOptions.of(
        List.of(new Address.Unix(path)), List.of(Upstream.parse("127.0.0.1:1")));
  }

  @Test
  void socketFileOfADeadProcessIsReplacedAndAnythingElseIsNot() throws Exception {
    Path path = dir.resolve("listen");
    BalancerOptions options = listeningAt(path);
    try (var dead = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    try (Balancer balancer = Balancer.start(options)) {
      assertThat(balancer.addresses()).hasSize(1);
      assertThatThrownBy(() -> Balancer.start(options))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on unix:" + path);
    }
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> Balancer.start(options)).isInstanceOf(IOException.class);
    assertThat(path).hasContent("precious");
  }

  @Test
  void aFifoIsNoDeadSocket() throws Exception {
    Path path = dir.resolve("listen");
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    Object key = Files.getAttribute(path, "unix:ino");
    BalancerOptions options = listeningAt(path);
    assertThatThrownBy(() -> Balancer.start(options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a socket");
    assertThat(Files.getAttribute(path, "unix:ino")).isEqualTo(key);
  }

  @Test
  void aSocketThatAnotherProcessPutInPlaceIsLeftAlone() throws Exception {
    Path path = dir.resolve("listen");
    BalancerOptions options = listeningAt(path);
    try (var other = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      try (Balancer balancer = Balancer.start(options)) {
        assertThat(balancer.addresses()).hasSize(1);
        Files.delete(path);
        other.bind(UnixDomainSocketAddress.of(path));
      }
      assertThat(path).exists();
    }
  }

  @Test
  void portInUseIsAnErrorThatNamesTheAddress() throws Exception {
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"));
        Balancer balancer = Balancers.start(upstream)) {
      BalancerOptions same = BalancerOptions.of(balancer.addresses(), List.of(upstream.upstream()));
      assertThatThrownBy(() -> Balancer.start(same))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + balancer.addresses().getFirst())
          .hasMessageContaining("in use");
    }
  }

  private static void assertCap(BalancerLimits limits) throws Exception {
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"));
        Balancer balancer =
            Balancer.start(Balancers.options(upstream.upstream()).withLimits(limits))) {
      List<TestClient> within = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        within.add(TestClient.connect(balancer));
        assertThat(within.getLast().line()).isEqualTo("u");
      }
      try (TestClient beyond = TestClient.connect(balancer)) {
        assertThat(beyond.isEnded()).isTrue();
      }
      BalancerStatistics statistics = balancer.statistics();
      assertThat(statistics.accepted()).isEqualTo(4);
      assertThat(statistics.active()).isEqualTo(3);
      assertThat(statistics.refused()).isEqualTo(1);
      within.getFirst().close();
      await().until(() -> balancer.statistics().active() == 2);
      try (TestClient again = TestClient.connect(balancer)) {
        assertThat(again.line()).isEqualTo("u");
      }
      for (TestClient client : within) {
        client.close();
      }
    }
  }

  static boolean isRefused(Balancer balancer) {
    try (TestClient client = TestClient.connect(balancer)) {
      return client.isEnded();
    } catch (IOException e) {
      return true;
    }
  }

  private static CompletableFuture<Boolean> drain(Balancer balancer, Duration limit) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return balancer.drain(limit);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }
}
