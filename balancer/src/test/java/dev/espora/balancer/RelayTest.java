package dev.espora.balancer;

import static dev.espora.balancer.TestUpstream.echo;
import static dev.espora.balancer.TestUpstream.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RelayTest {
  private static final int BUFFER_BYTES = BalancerLimits.DEFAULTS.bufferBytes();

  @TempDir Path dir;

  @Test
  void bytesPassUnchangedInBothDirectionsWhateverTheirNumber() throws Exception {
    byte[] sent = new byte[3_000_000];
    new Random(7).nextBytes(sent);
    try (TestUpstream upstream = TestUpstream.unix(dir.resolve("u"), echo("u"));
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer)) {
      assertThat(client.line()).isEqualTo("u");
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.socket.getOutputStream().write(sent);
                  client.finish();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(client.socket.getInputStream().readAllBytes()).isEqualTo(sent);
      writer.join();
    }
  }

  @Test
  void upstreamsOfBothFamiliesWorkSideBySide() throws Exception {
    try (TestUpstream unix = TestUpstream.unix(dir.resolve("u"), echo("unix"));
        TestUpstream tcp = TestUpstream.tcp(echo("tcp"));
        Balancer balancer = Balancers.start(unix, tcp);
        TestClient one = TestClient.connect(balancer);
        TestClient two = TestClient.connect(balancer)) {
      assertThat(new String[] {one.line(), two.line()}).containsExactlyInAnyOrder("unix", "tcp");
    }
  }

  @Test
  void finOfTheClientIsForwardedWhileTheAnswerStillFlows() throws Exception {
    try (TestUpstream upstream =
            TestUpstream.tcp(channel -> {
              byte[] request = TestUpstream.input(channel).readAllBytes();
              write(channel, "after the end of: " + new String(request, StandardCharsets.UTF_8));
            });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer)) {
      client.send("request");
      client.finish();
      assertThat(client.rest()).isEqualTo("after the end of: request");
      await().until(() -> balancer.statistics().active() == 0);
    }
  }

  @Test
  void finOfTheUpstreamIsForwardedWhileTheClientStillSends() throws Exception {
    AtomicReference<String> got = new AtomicReference<>("");
    try (TestUpstream upstream =
            TestUpstream.unix(
                dir.resolve("u"),
                channel -> {
                  write(channel, "all I have");
                  channel.shutdownOutput();
                  got.set(
                      new String(
                          TestUpstream.input(channel).readAllBytes(), StandardCharsets.UTF_8));
                });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer)) {
      assertThat(client.rest()).isEqualTo("all I have");
      client.send("still sending");
      client.finish();
      await().untilAsserted(() -> assertThat(got.get()).isEqualTo("still sending"));
      await().until(() -> balancer.statistics().active() == 0);
    }
  }

  @Test
  void resetOfTheClientReachesTheUpstreamEvenAfterHalfClose() throws Exception {
    CountDownLatch finSeen = new CountDownLatch(1);
    AtomicBoolean resetSeen = new AtomicBoolean();
    try (TestUpstream upstream =
            TestUpstream.tcp(channel -> {
              TestUpstream.input(channel).readAllBytes();
              finSeen.countDown();
              try {
                while (true) {
                  write(channel, "answer without an end\n".repeat(1000));
                }
              } catch (IOException e) {
                resetSeen.set(true);
              }
            });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer)) {
      client.send("request");
      client.finish();
      finSeen.await();
      client.reset();
      await().untilTrue(resetSeen);
      await().until(() -> balancer.statistics().active() == 0);
      try (TestClient next = TestClient.connect(balancer)) {
        next.finish();
        assertThat(next.line()).isEqualTo("answer without an end");
      }
    }
  }

  @Test
  void slowReaderStopsTheReadingOfItsPeerAndLosesNothing() throws Exception {
    AtomicLong taken = new AtomicLong();
    long total = 64L << 20;
    try (TestUpstream upstream =
            TestUpstream.tcp(channel -> {
              channel.setOption(StandardSocketOptions.SO_SNDBUF, 16 << 10);
              ByteBuffer chunk = ByteBuffer.allocate(16 << 10);
              for (long sent = 0; sent < total; sent += chunk.capacity()) {
                chunk.clear();
                while (chunk.hasRemaining()) {
                  taken.addAndGet(channel.write(chunk));
                }
              }
            });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer, 16 << 10)) {
      // Kernel buffers take their share; then the flow stands still, far from the end.
      long standing = awaitStandstill(taken);
      assertThat(standing).isLessThan(total / 2);
      assertThat(balancer.statistics().heldBytes()).isBetween(1L, (long) BUFFER_BYTES);
      long received = 0;
      byte[] buffer = new byte[1 << 16];
      for (int n = 0; n >= 0; n = client.socket.getInputStream().read(buffer)) {
        received += n;
      }
      assertThat(received).isEqualTo(total);
    }
  }

  @Test
  void clientsThatNeverReadAreClosedBeforeTheyHoldTooMuchTogether() throws Exception {
    long most = 4L * BUFFER_BYTES;
    ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
    try (TestUpstream upstream =
            TestUpstream.tcp(channel -> {
              while (true) {
                channel.write(zeros.duplicate());
              }
            });
        Balancer balancer =
            Balancer.start(
                Balancers.options(upstream.upstream())
                    .withLimits(BalancerLimits.DEFAULTS.withMaxHeldBytes(most)))) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        clients.add(TestClient.connect(balancer, 4 << 10));
      }
      // One that is stuck holds what was left of one read, which may be little.
      await()
          .until(() -> {
            clients.add(TestClient.connect(balancer, 4 << 10));
            await().until(() -> balancer.statistics().accepted() == clients.size());
            return balancer.statistics().active() < clients.size();
          });
      assertThat(balancer.statistics().heldBytes()).isLessThanOrEqualTo(most);
      for (TestClient client : clients) {
        client.close();
      }
      await().until(() -> balancer.statistics().active() == 0);
      assertThat(balancer.statistics().heldBytes()).isZero();
    }
  }

  @Test
  void slowReaderIsNotClosedForTheGreedOfThoseThatNeverRead() throws Exception {
    byte[] answer = new byte[8 << 20];
    ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
    AtomicLong taken = new AtomicLong();
    try (TestUpstream upstream =
            TestUpstream.tcp(channel -> {
              boolean endless = TestUpstream.input(channel).read() == 'e';
              do {
                ByteBuffer bytes = endless ? zeros.duplicate() : ByteBuffer.wrap(answer);
                while (bytes.hasRemaining()) {
                  taken.addAndGet(channel.write(bytes));
                }
              } while (endless);
            });
        Balancer balancer =
            Balancer.start(
                Balancers.options(upstream.upstream())
                    .withLimits(BalancerLimits.DEFAULTS.withMaxHeldBytes(BUFFER_BYTES)))) {
      List<TestClient> neverReading = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        TestClient client = TestClient.connect(balancer, 4 << 10);
        client.send("e");
        neverReading.add(client);
      }
      awaitStandstill(taken);
      // As many as there may be event loops, so that one is on a loop without room.
      for (int i = 0; i < 4; i++) {
        try (TestClient reading = TestClient.connect(balancer, 4 << 10)) {
          reading.send("o");
          int received = reading.socket.getInputStream().readAllBytes().length;
          assertThat(received).isEqualTo(answer.length);
        }
      }
      for (TestClient client : neverReading) {
        client.close();
      }
      await().until(() -> balancer.statistics().active() == 0);
      assertThat(balancer.statistics().heldBytes()).isZero();
    }
  }

  @Test
  void slowReaderGetsTheWholeAnswerOfAnUpstreamThatHasGone() throws Exception {
    long total = 8L << 20;
    AtomicBoolean gone = new AtomicBoolean();
    try (TestUpstream upstream =
            TestUpstream.unix(
                dir.resolve("u"),
                channel -> {
                  ByteBuffer answer = ByteBuffer.allocate((int) total);
                  while (answer.hasRemaining()) {
                    channel.write(answer);
                  }
                  gone.set(true);
                });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer, 16 << 10)) {
      long received = 0;
      byte[] buffer = new byte[4096];
      for (int n = 0; n >= 0; n = client.socket.getInputStream().read(buffer)) {
        received += n;
      }
      assertThat(received).isEqualTo(total);
      assertThat(gone).isTrue();
    }
  }

  @Test
  void answerOfAnUpstreamThatDoesNotWantTheRestReachesTheClient() throws Exception {
    byte[] answer = new byte[8 << 20];
    new Random(11).nextBytes(answer);
    try (TestUpstream upstream =
            TestUpstream.unix(
                dir.resolve("u"),
                channel -> {
                  TestUpstream.input(channel).read();
                  channel.shutdownInput();
                  ByteBuffer bytes = ByteBuffer.wrap(answer);
                  while (bytes.hasRemaining()) {
                    channel.write(bytes);
                  }
                });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer, 4 << 10)) {
      client.send("x");
      byte[] begun = client.socket.getInputStream().readNBytes(1);
      client.send("more ".repeat(10_000));
      byte[] rest = client.socket.getInputStream().readNBytes(answer.length - 1);
      assertThat(begun[0]).isEqualTo(answer[0]);
      assertThat(rest).isEqualTo(Arrays.copyOfRange(answer, 1, answer.length));
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void aClientThatStillSendsGetsAllOfTheAnswerOfAnUpstreamThatHasGone() throws Exception {
    byte[] answer = new byte[1 << 20];
    new Random(13).nextBytes(answer);
    try (TestUpstream upstream =
            TestUpstream.unix(
                dir.resolve("u"),
                channel -> {
                  TestUpstream.input(channel).read();
                  ByteBuffer bytes = ByteBuffer.wrap(answer);
                  while (bytes.hasRemaining()) {
                    channel.write(bytes);
                  }
                });
        Balancer balancer = Balancers.start(upstream);
        TestClient client = TestClient.connect(balancer, 4 << 10)) {
      client.send("x");
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      while (read.size() < answer.length) {
        read.writeBytes(client.socket.getInputStream().readNBytes(4 << 10));
        client.send("y");
      }
      assertThat(read.toByteArray()).isEqualTo(answer);
      client.finish();
      assertThat(client.isEnded()).isTrue();
      await().until(() -> balancer.statistics().active() == 0);
    }
  }

  @Test
  void upstreamThatDiesMidAnswerEndsTheConnectionAndNoOtherOneContinuesIt() throws Exception {
    CountDownLatch killed = new CountDownLatch(1);
    TestUpstream.Script half =
        channel -> {
          TestUpstream.input(channel).read();
          write(channel, "half an ans");
          try {
            killed.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (TestUpstream one = TestUpstream.unix(dir.resolve("1"), half);
        TestUpstream two = TestUpstream.unix(dir.resolve("2"), half);
        Balancer balancer = Balancers.start(one, two);
        TestClient client = TestClient.connect(balancer)) {
      client.send("request");
      byte[] begun = client.socket.getInputStream().readNBytes("half an ans".length());
      assertThat(new String(begun, StandardCharsets.UTF_8)).isEqualTo("half an ans");
      int connections = one.connections() + two.connections();
      one.kill();
      two.kill();
      assertThat(client.isEnded()).isTrue();
      assertThat(one.connections() + two.connections()).isEqualTo(connections);
      killed.countDown();
    }
  }

  @Test
  void idleConnectionIsClosedAndABusyOneIsNot() throws Exception {
    // Far longer than one answer may take on a machine that does other things too.
    BalancerLimits limits = BalancerLimits.DEFAULTS.withIdleTimeout(Duration.ofSeconds(2));
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"));
        Balancer balancer =
            Balancer.start(Balancers.options(upstream.upstream()).withLimits(limits));
        TestClient idle = TestClient.connect(balancer);
        TestClient busy = TestClient.connect(balancer)) {
      assertThat(idle.line()).isEqualTo("u");
      assertThat(busy.line()).isEqualTo("u");
      Thread watch =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  assertThat(idle.isEnded()).isTrue();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      while (watch.isAlive()) {
        busy.send("x\n");
        assertThat(busy.line()).isEqualTo("x");
      }
      busy.send("y\n");
      assertThat(busy.line()).isEqualTo("y");
    }
  }

  private static long awaitStandstill(AtomicLong counter) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          long now = counter.get();
          return now > 0 && last.getAndSet(now) == now;
        });
    return counter.get();
  }
}
