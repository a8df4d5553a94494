package dev.espora.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.espora.balancer.HandoffInstance.Mode;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HandoffTest {
  @TempDir Path dir;

  @Test
  void instanceServesTheSocketItselfAndTheBalancerIsOutOfTheWay() throws Exception {
    try (HandoffInstance a = instance("a", Mode.ACCEPT);
        HandoffInstance b = instance("b", Mode.ACCEPT)) {
      Balancer balancer = start(a, b);
      TestClient one = TestClient.connect(balancer);
      TestClient two = TestClient.connect(balancer);
      assertThat(List.of(one.line(), two.line())).containsExactlyInAnyOrder("a", "b");
      await().until(() -> balancer.statistics().active() == 0);
      assertThat(a.served().getFirst().config().isTcpNoDelay()).isTrue();
      balancer.close();
      one.send("without the balancer\n");
      assertThat(one.line()).isEqualTo("without the balancer");
      // The client sees the end only if no copy of the descriptor was left behind.
      a.served().forEach(channel -> channel.close().syncUninterruptibly());
      b.served().forEach(channel -> channel.close().syncUninterruptibly());
      assertThat(one.isEnded()).isTrue();
      assertThat(two.isEnded()).isTrue();
      one.close();
      two.close();
    }
  }

  @Test
  void roundRobinAlternatesPerConnection() throws Exception {
    try (HandoffInstance a = instance("a", Mode.ACCEPT);
        HandoffInstance b = instance("b", Mode.ACCEPT);
        Balancer balancer = start(a, b)) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        names.add(nameServing(balancer));
      }
      assertThat(names).containsExactly("a", "b", "a", "b", "a", "b");
      assertThat(a.connections()).isEqualTo(1);
    }
  }

  @Test
  void handedOverAndRelayedUpstreamsTakeTurns() throws Exception {
    try (HandoffInstance handed = instance("handed", Mode.ACCEPT);
        TestUpstream relayed = TestUpstream.tcp(TestUpstream.echo("relayed"));
        Balancer balancer =
            Balancer.start(Balancers.options(handed.upstream(), relayed.upstream()))) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        names.add(nameServing(balancer));
      }
      assertThat(names).containsExactly("handed", "relayed", "handed", "relayed");
      handed.kill();
      assertThat(nameServing(balancer)).isEqualTo("relayed");
      assertThat(nameServing(balancer)).isEqualTo("relayed");
    }
  }

  @Test
  void connectionThatAnInstanceRefusesGoesToTheNext() throws Exception {
    try (HandoffInstance full = instance("full", Mode.REFUSE);
        HandoffInstance free = instance("free", Mode.ACCEPT);
        Balancer balancer = start(full, free)) {
      for (int i = 0; i < 4; i++) {
        assertThat(nameServing(balancer)).isEqualTo("free");
      }
      assertThat(balancer.statistics().upstreams().getFirst().failed()).isPositive();
      full.mode(Mode.ACCEPT);
      await().until(() -> nameServing(balancer).equals("full"));
    }
  }

  @Test
  void connectionThatEveryInstanceRefusesIsClosed() throws Exception {
    try (HandoffInstance full = instance("full", Mode.REFUSE);
        Balancer balancer = start(full);
        TestClient client = TestClient.connect(balancer)) {
      assertThat(client.isEnded()).isTrue();
      await().until(() -> balancer.statistics().refused() == 1);
      assertThat(balancer.statistics().active()).isZero();
    }
  }

  @Test
  void descriptorsThatADyingInstanceDidNotAnswerForGoToTheNext() throws Exception {
    try (HandoffInstance dying = instance("dying", Mode.SILENT);
        HandoffInstance next = instance("next", Mode.ACCEPT);
        Balancer balancer = start(dying, next)) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(TestClient.connect(balancer));
        clients.getLast().send("sent before anyone read\n");
      }
      await().until(() -> dying.received() == 3);
      dying.kill();
      for (TestClient client : clients) {
        assertThat(client.line()).isEqualTo("next");
        assertThat(client.line()).isEqualTo("sent before anyone read");
        client.close();
      }
      assertThat(balancer.statistics().refused()).isZero();
    }
  }

  /**
   * All in one turn of the loop: what is answered meanwhile is found only by looking for it where
   * the connection turns out to be dead.
   */
  @Test
  void nobodyElseGetsWhatWasAcceptedJustBeforeTheConnectionEnded() throws Exception {
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    BalancerLimits limits = BalancerLimits.DEFAULTS;
    try (HandoffInstance odd = instance("odd", Mode.ACCEPT_AND_END);
        HandoffInstance sane = instance("sane", Mode.ACCEPT);
        ServerSocket server = new ServerSocket(0, 3, InetAddress.getLoopbackAddress())) {
      List<UpstreamState> states = new ArrayList<>();
      for (HandoffInstance each : List.of(odd, sane)) {
        states.add(
            new UpstreamState(
                states.size(), each.upstream(), group.next(), limits.connectTimeout()));
      }
      Worker worker = new Worker(group.next(), limits, 1);
      Router router =
          new Router(
              worker, new Upstreams(states, Policy.ROUND_ROBIN), limits, new SpareDescriptors());
      Admission admission = new Admission(limits);
      List<Client> clients = new ArrayList<>();
      List<BufferedReader> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Socket socket = Socket.newSocketStream();
        boolean _ = socket.connect(server.getLocalSocketAddress());
        readers.add(
            new BufferedReader(
                new InputStreamReader(server.accept().getInputStream(), StandardCharsets.UTF_8)));
        assertThat(admission.enter(null)).isTrue();
        clients.add(new Client(socket, null, admission, limits.queueTimeout().toNanos()));
      }
      worker
          .loop
          .submit(() -> {
            router.route(clients.get(0));
            await().until(() -> odd.served().size() == 1 && odd.hasEndedAll());
            router.route(clients.get(1));
            router.route(clients.get(2));
          })
          .get();
      assertThat(readers.get(1).readLine()).isEqualTo("sane");
      assertThat(readers.get(2).readLine()).isEqualTo("sane");
      assertThat(readers.get(0).readLine()).isEqualTo("odd");
      assertThat(sane.served()).hasSize(2);
      worker.loop.submit(router::close).get();
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void closingEndsThoseWhoWaitForRoom() throws Exception {
    int beyond = Handoff.UNANSWERED_MAX + 10;
    List<TestClient> clients = new ArrayList<>();
    HandoffInstance stopped = instance("stopped", Mode.STOPPED);
    Balancer balancer = start(stopped);
    try (stopped) {
      try (balancer) {
        for (int i = 0; i < beyond; i++) {
          clients.add(TestClient.connect(balancer));
        }
        await().until(() -> balancer.statistics().active() == beyond);
      }
      assertThat(balancer.statistics().active()).isZero();
    }
    for (TestClient client : clients) {
      assertThat(client.isEnded()).isTrue();
      client.close();
    }
  }

  @Test
  void descriptorsInTheSocketOfADyingInstanceGoToTheNext() throws Exception {
    try (HandoffInstance dying = instance("dying", Mode.STOPPED);
        HandoffInstance next = instance("next", Mode.ACCEPT);
        Balancer balancer = start(dying, next);
        TestClient client = TestClient.connect(balancer)) {
      await().until(() -> dying.connections() == 1);
      dying.kill();
      assertThat(client.line()).isEqualTo("next");
    }
  }

  @Test
  void clientOfAnInstanceThatHangsIsCutOffAndNobodyElseGetsIt() throws Exception {
    BalancerLimits limits = BalancerLimits.DEFAULTS.withHandoffTimeout(Duration.ofMillis(300));
    try (HandoffInstance hanging = instance("hanging", Mode.STOPPED);
        HandoffInstance other = instance("other", Mode.ACCEPT);
        Balancer balancer =
            Balancer.start(
                Balancers.options(hanging.upstream(), other.upstream()).withLimits(limits));
        TestClient first = TestClient.connect(balancer)) {
      assertThat(first.isEnded()).isTrue();
      assertThat(other.served()).isEmpty();
      assertThat(balancer.statistics().upstreams().getFirst().up()).isFalse();
      for (int i = 0; i < 4; i++) {
        assertThat(nameServing(balancer)).isEqualTo("other");
      }
      hanging.wake();
      await().until(() -> nameServing(balancer).equals("hanging"));
      await().until(() -> balancer.statistics().active() == 0);
    }
  }

  @Test
  void instanceThatBreaksTheProtocolLosesItsClientsButNoOneElses() throws Exception {
    try (HandoffInstance babbling = instance("babbling", Mode.BABBLE);
        HandoffInstance sane = instance("sane", Mode.ACCEPT);
        Balancer balancer = start(babbling, sane);
        TestClient first = TestClient.connect(balancer)) {
      assertThat(first.isEnded()).isTrue();
      assertThat(nameServing(balancer)).isEqualTo("sane");
      await().until(() -> balancer.statistics().active() == 0);
    }
  }

  @Test
  void instanceThatReturnsGetsConnectionsAgain() throws Exception {
    HandoffInstance before = instance("before", Mode.ACCEPT);
    try (Balancer balancer = start(before)) {
      assertThat(nameServing(balancer)).isEqualTo("before");
      before.close();
      await().until(() -> !balancer.statistics().upstreams().getFirst().up());
      try (TestClient client = TestClient.connect(balancer)) {
        assertThat(client.isEnded()).isTrue();
      }
      try (HandoffInstance after = instance("before", Mode.ACCEPT)) {
        await().until(() -> balancer.statistics().upstreams().getFirst().up());
        assertThat(nameServing(balancer)).isEqualTo("before");
        assertThat(after.served()).hasSize(1);
      }
    }
  }

  @Test
  void descriptorsWithoutAnAnswerAreBoundedAndTheRestWaitsForRoom() throws Exception {
    int beyond = Handoff.UNANSWERED_MAX + 10;
    try (HandoffInstance slow = instance("slow", Mode.STOPPED);
        Balancer balancer = start(slow)) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < beyond; i++) {
        clients.add(TestClient.connect(balancer));
      }
      await().until(() -> balancer.statistics().active() == beyond);
      assertThat(balancer.statistics().upstreams().getFirst().active())
          .isLessThanOrEqualTo(Handoff.UNANSWERED_MAX);
      slow.wake();
      for (TestClient client : clients) {
        assertThat(client.line()).isEqualTo("slow");
        client.close();
      }
      assertThat(slow.served()).hasSize(beyond);
    }
  }

  @Test
  void clientForWhomThereIsNoRoomInTimeIsClosed() throws Exception {
    BalancerLimits limits =
        BalancerLimits.DEFAULTS
            .withQueueTimeout(Duration.ofMillis(20))
            .withHandoffTimeout(Duration.ofMinutes(1));
    try (HandoffInstance slow = instance("slow", Mode.STOPPED);
        Balancer balancer = Balancer.start(Balancers.options(slow.upstream()).withLimits(limits))) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < Handoff.UNANSWERED_MAX; i++) {
        clients.add(TestClient.connect(balancer));
      }
      await()
          .until(() ->
              balancer.statistics().upstreams().getFirst().active() == Handoff.UNANSWERED_MAX);
      try (TestClient late = TestClient.connect(balancer)) {
        assertThat(late.isEnded()).isTrue();
      }
      slow.wake();
      for (TestClient client : clients) {
        assertThat(client.line()).isEqualTo("slow");
        client.close();
      }
    }
  }

  @Test
  void drainWaitsForTheAnswersThatAreDue() throws Exception {
    try (HandoffInstance slow = instance("slow", Mode.STOPPED);
        Balancer balancer = start(slow);
        TestClient client = TestClient.connect(balancer)) {
      await().until(() -> balancer.statistics().upstreams().getFirst().active() == 1);
      Thread waker =
          Thread.ofVirtual()
              .start(() -> {
                await().until(() -> AdmissionTest.isRefused(balancer));
                slow.wake();
              });
      assertThat(balancer.drain(Duration.ofSeconds(20))).isTrue();
      waker.join();
      assertThat(client.line()).isEqualTo("slow");
    }
  }

  private HandoffInstance instance(String name, Mode mode) throws Exception {
    return new HandoffInstance(name, dir.resolve(name), mode);
  }

  private static Balancer start(HandoffInstance... instances) throws Exception {
    Upstream[] upstreams = new Upstream[instances.length];
    for (int i = 0; i < instances.length; i++) {
      upstreams[i] = instances[i].upstream();
    }
    return Balancer.start(Balancers.options(upstreams));
  }

  private static String nameServing(Balancer balancer) throws Exception {
    try (TestClient client = TestClient.connect(balancer)) {
      return client.line();
    }
  }
}
