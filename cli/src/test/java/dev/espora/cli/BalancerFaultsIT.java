package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients, upstreams and the system do to {@code espora balance} as a process. */
class BalancerFaultsIT {
  private static final int ANSWERS = 2_000;
  private static final int DESCRIPTORS = 160;

  @TempDir Path directory;
  private final List<Running> running = new ArrayList<>();

  @AfterEach
  void stop() {
    running.reversed().forEach(Running::close);
  }

  @ParameterizedTest
  @EnumSource(Edge.Way.class)
  void aClientThatEndsItsSideStillGetsAllAnswers(Edge.Way way) throws Exception {
    try (Edge edge = Edge.start(way, directory);
        Client client = new Client(edge.port())) {
      client.send(RequestText.request("{post}{end}").repeat(50));
      client.endOutput();
      for (int i = 1; i <= 50; i++) {
        assertThat(client.read().number("saldo")).isEqualTo(i);
      }
      assertThat(client.closedByPeer()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Edge.Way.class)
  void aSlowReaderGetsAllAnswers(Edge.Way way) throws Exception {
    try (Edge edge = Edge.start(way, directory);
        Client client = new Client(edge.port())) {
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(RequestText.request("{post}{end}").repeat(ANSWERS));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      for (int i = 1; i <= ANSWERS; i++) {
        assertThat(client.read().number("saldo")).isEqualTo(i);
      }
      sender.join();
    }
  }

  @ParameterizedTest
  @EnumSource(Edge.Way.class)
  void whatAnInstanceBeganNoOtherOneContinues(Edge.Way way) throws Exception {
    try (Edge edge = Edge.start(way, directory);
        Client client = new Client(edge.port())) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              client.send(RequestText.request("{post}{end}").repeat(100 * ANSWERS));
            } catch (IOException _) {
              // The instance is gone.
            }
          });
      assertThat(client.read().number("saldo")).isEqualTo(1);
      edge.component("bank-1").destroyForcibly();
      edge.component("bank-2").destroyForcibly();
      int last = 1;
      try {
        while (true) {
          assertThat(client.read().number("saldo")).isEqualTo(++last);
        }
      } catch (EOFException | SocketException _) {
        assertThat(last).isLessThanOrEqualTo(100 * ANSWERS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "handoff"})
  void anUpstreamThatIsNotThereIsSkippedAndServesOnceItIs(String kind) throws Exception {
    String first = kind + ":" + directory.resolve("1.sock");
    String second = kind + ":" + directory.resolve("2.sock");
    Running instance = serve(first);
    int port = balance("--upstream", first, "--upstream", second);
    for (int i = 0; i < 4; i++) {
      assertServed(port);
    }
    Running late = serve(second);
    assertThat(instance.stop()).isZero();
    await().atMost(Up.PATIENCE).until(() -> isServed(port));
    assertThat(late.stop()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix", "handoff"})
  void whereNoUpstreamIsThereClientsAreClosedAtOnceUntilOneReturns(String kind) throws Exception {
    String address = kind + ":" + directory.resolve("1.sock");
    int port = balance("--upstream", address);
    try (Client client = new Client(port)) {
      assertThat(client.closedByPeer()).isTrue();
    }
    await()
        .atMost(Up.PATIENCE)
        .until(() -> running.getFirst().output().contains("all upstreams are down"));
    serve(address);
    await().atMost(Up.PATIENCE).until(() -> isServed(port));
    assertThat(running.getFirst().output()).contains("is up again");
  }

  @Test
  void whatIsRelayedGoesOnWhileTheBalancerDrains() throws Exception {
    String address = "unix:" + directory.resolve("1.sock");
    serve(address);
    int port = balance("--upstream", address, "--drain", "60s");
    Running balancer = running.getLast();
    try (Client client = new Client(port)) {
      assertThat(client.statement(1).status()).isEqualTo(200);
      balancer.process().toHandle().destroy();
      await().atMost(Up.PATIENCE).until(() -> isClosed(port));
      assertThat(client.statement(1).status()).isEqualTo(200);
    }
    assertThat(balancer.stop()).isZero();
  }

  @Test
  void whatIsRelayedEndsWithTheDrain() throws Exception {
    String address = "unix:" + directory.resolve("1.sock");
    serve(address);
    int port = balance("--upstream", address, "--drain", "100ms");
    try (Client client = new Client(port)) {
      assertThat(client.statement(1).status()).isEqualTo(200);
      assertThat(running.getLast().stop()).isZero();
      assertThat(client.closedByPeer()).isTrue();
    }
  }

  private static boolean isClosed(int port) {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return false;
    } catch (IOException _) {
      return true;
    }
  }

  @Test
  void aFloodEndsAtTheCapInTotal() throws Exception {
    String address = "unix:" + directory.resolve("1.sock");
    serve(address);
    int port = balance("--upstream", address, "--max-connections", "3");
    assertCap(port, 3);
    assertThat(running.getLast().output()).contains("the cap of 3 connections is reached");
  }

  @Test
  void aFloodFromOneSourceEndsAtItsCapAndLeavesRoomForAnother() throws Exception {
    String address = "unix:" + directory.resolve("1.sock");
    serve(address);
    int port = balance("--upstream", address, "--max-connections-per-source", "3");
    assertCap(port, 3);
    try (Socket elsewhere = new Socket()) {
      elsewhere.bind(new InetSocketAddress("127.0.0.2", 0));
      elsewhere.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Hostile.send(elsewhere, Hostile.STATEMENT);
      assertThat(elsewhere.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
    }
  }

  private void assertCap(int port, int cap) throws IOException {
    List<Client> within = new ArrayList<>();
    for (int i = 0; i < cap; i++) {
      within.add(new Client(port));
      assertThat(within.getLast().statement(1).status()).isEqualTo(200);
    }
    for (int i = 0; i < 20; i++) {
      try (Client beyond = new Client(port)) {
        assertThat(beyond.closedByPeer()).isTrue();
      }
    }
    for (Client client : within) {
      assertThat(client.statement(1).status()).isEqualTo(200);
    }
    within.removeFirst().close();
    await().atMost(Up.PATIENCE).until(() -> isServed(port));
    for (Client client : within) {
      client.close();
    }
  }

  @Test
  void anIdleConnectionIsClosedAndABusyOneIsNot() throws Exception {
    String address = "unix:" + directory.resolve("1.sock");
    serve(address);
    int port = balance("--upstream", address, "--idle-timeout", "2s");
    try (Client idle = new Client(port);
        Client busy = new Client(port)) {
      assertThat(idle.statement(1).status()).isEqualTo(200);
      Thread watch =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  idle.closedByPeer();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      while (watch.isAlive()) {
        assertThat(busy.statement(1).status()).isEqualTo(200);
      }
      assertThat(busy.statement(1).status()).isEqualTo(200);
    }
  }

  /** Whichever process runs out of descriptors: it survives, and serves again once it has some. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "balancer to unix",
        "balancer to handoff",
        "instance on unix",
        "instance on handoff",
        "instance on TCP"
      })
  void acceptingPausesWhenDescriptorsRunOutAndGoesOnWhenTheyAreBack(String who) throws Exception {
    List<String> few = List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh");
    boolean balancerIsShort = who.startsWith("balancer");
    String kind = who.substring(who.lastIndexOf(' ') + 1);
    String address =
        kind.equals("TCP")
            ? "127.0.0.1:" + Espora.freePort()
            : kind + ":" + directory.resolve("1.sock");
    Running instance = serve(balancerIsShort ? List.of() : few, address);
    int port = balance(balancerIsShort ? few : List.of(), "--upstream", address);
    Running balancer = running.getLast();
    try (Client served = new Client(port)) {
      assertThat(served.statement(1).status()).isEqualTo(200);
      List<Socket> flood = new ArrayList<>();
      for (int i = 0; i < 2 * DESCRIPTORS; i++) {
        flood.add(Hostile.connect(port));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(served.statement(1).status()).isEqualTo(200);
      }
      for (Socket socket : flood) {
        socket.close();
      }
      await().atMost(Up.PATIENCE).ignoreExceptions().until(() -> isServed(port));
      assertThat(served.statement(1).status()).isEqualTo(200);
    }
    assertThat(balancer.stop()).isZero();
    assertThat(instance.stop()).isZero();
  }

  private Running serve(String address) throws IOException {
    return serve(List.of(), address);
  }

  private Running serve(List<String> prefix, String address) throws IOException {
    String data = directory.resolve("data").toString();
    Running instance =
        Running.start(
            directory, prefix, Map.of(), "serve", "bank", "--listen", address, "--data", data);
    running.add(instance);
    return instance;
  }

  private int balance(String... options) throws IOException {
    return balance(List.of(), options);
  }

  private int balance(List<String> prefix, String... options) throws IOException {
    int port = Espora.freePort();
    List<String> arguments = new ArrayList<>(List.of("balance", "--listen", "127.0.0.1:" + port));
    arguments.addAll(List.of(options));
    running.add(Running.start(directory, prefix, Map.of(), arguments.toArray(String[]::new)));
    return port;
  }

  private static void assertServed(int port) throws IOException {
    assertThat(isServed(port)).isTrue();
  }

  private static boolean isServed(int port) throws IOException {
    try (Client client = new Client(port)) {
      return client.statement(1).status() == 200;
    } catch (EOFException | SocketException _) {
      return false;
    }
  }
}
