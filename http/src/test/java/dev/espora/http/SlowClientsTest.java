package dev.espora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that are slow or silent, do not read, or end their side. */
class SlowClientsTest extends ConnectionFixture {
  private static final HttpTimeouts SHORT = HttpTimeouts.DEFAULTS.withRequest(millis(200));

  @Test
  void nothingMoreIsReadOnceRequestsHaveToWait() {
    EmbeddedChannel channel = new EmbeddedChannel();
    serve(channel, HttpLimits.DEFAULTS.withPipelined(2));
    for (int i = 0; i < 2; i++) {
      assertThat(channel.config().isAutoRead()).isTrue();
      channel.pipeline().fireChannelRead(bytes(request("GET /later/" + i)));
    }
    assertThat(channel.config().isAutoRead()).isFalse();
    pending.forEach(Pending::complete);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void aClientThatEndsItsSideStillGetsItsAnswers() throws Exception {
    HttpServer server = start();
    try (RawClient client = new RawClient(server)) {
      client.send(request("GET /later/1") + RawClient.GOOD);
      client.endOutput();
      next().complete();

      assertThat(client.read().body()).isEqualTo("/later/1");
      assertThat(client.read().body()).isEqualTo("hello");
      assertThat(client.ended()).isTrue();
    }
    await().until(() -> server.connections() == 0);
  }

  @Test
  void requestsThatWaitAreAnsweredAfterTheClientEndsItsSide() throws Exception {
    HttpServer server = start();
    try (RawClient client = new RawClient(server)) {
      for (int i = 0; i < 100; i++) {
        client.send(request("GET /later/" + i));
      }
      client.send("GET /later/cut");
      client.endOutput();
      for (int i = 0; i < 100; i++) {
        next().complete();
        assertThat(client.read().body()).isEqualTo("/later/" + i);
      }
      assertThat(client.ended()).isTrue();
    }
    assertThat(pending).isEmpty();
    await().until(() -> server.connections() == 0);
  }

  @Test
  void answersOnTheirWayAreNotCutShortWhenTheClientEndsItsSide() throws Exception {
    HttpServer server = start();
    for (String headers : List.of("", "Connection: close\r\n")) {
      try (RawClient client = new RawClient(server)) {
        client.send(request("GET /huge"));
        client.send("GET /huge HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
        await().until(() -> huge.get() > 0);
        client.endOutput();
        for (int i = 0; i < 2; i++) {
          assertThat(client.read().body()).hasSize(8 << 20);
        }
        assertThat(client.ended()).isTrue();
      }
      huge.set(0);
      await().until(() -> server.connections() == 0);
    }
    try (RawClient client = new RawClient(server)) {
      client.send("GET /huge HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      client.endOutput();
      assertThat(client.read().body()).hasSize(8 << 20);
      assertThat(client.ended()).isTrue();
    }
    try (RawClient client = new RawClient(server)) {
      client.send(request("GET /large").repeat(1000));
      client.endOutput();
      for (int i = 0; i < 1000; i++) {
        assertThat(client.read().body()).hasSize(32 << 10);
      }
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void anAnswerThatDoesNotFitTheSocketMayComeLongAfterTheClientEndedItsSide() throws Exception {
    HttpServer server = HttpServer.builder(routes).listen("127.0.0.1:0").eventLoops(1).start();
    servers.add(server);
    try (RawClient client = new RawClient(server);
        RawClient other = new RawClient(server)) {
      client.send(request("GET /later/1"));
      Pending later = next();
      client.endOutput();
      // Whatever the one event loop has to do about it, it has done before these answers.
      for (int i = 0; i < 5; i++) {
        other.ask(RawClient.GOOD);
      }
      later.answer().complete(Response.json(200, new byte[8 << 20]));
      assertThat(client.read().body()).hasSize(8 << 20);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void byDefaultA408ComesWithin5Seconds() {
    HttpTimeouts timeouts = HttpTimeouts.DEFAULTS;
    assertThat(timeouts.request().plusMillis(timeouts.tickMillis())).isLessThan(millis(5_000));
  }

  @Test
  void slowHeadersGet408() throws IOException {
    try (RawClient client = new RawClient(start(HttpLimits.DEFAULTS, SHORT))) {
      assertThat(client.ask("GET /hello HTTP/1.1\r\nHost: x\r\n").status()).isEqualTo(408);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void slowBodiesGet408() throws IOException {
    try (RawClient client = new RawClient(start(HttpLimits.DEFAULTS, SHORT))) {
      String head = "POST /hello HTTP/1.1\r\nHost: x\r\n";
      assertThat(client.ask(head + "Content-Length: 5\r\n\r\n123").status()).isEqualTo(408);
    }
    try (RawClient client = new RawClient(start(HttpLimits.DEFAULTS, SHORT))) {
      String head = "POST /hello HTTP/1.1\r\nHost: x\r\n";
      assertThat(client.ask(head + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n").status())
          .isEqualTo(408);
    }
  }

  @Test
  void tricklingDoesNotBuyTime() throws Exception {
    try (RawClient client = new RawClient(start(HttpLimits.DEFAULTS, SHORT))) {
      client.send("GET /hello HTTP/1.1\r\nHost: x\r\nA: ");
      Thread trickle =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  while (!Thread.interrupted()) {
                    client.send("b");
                    Thread.sleep(20);
                  }
                } catch (IOException | InterruptedException _) {
                  // The server gave up first.
                }
              });
      assertThat(client.read().status()).isEqualTo(408);
      trickle.interrupt();
      trickle.join();
    }
  }

  @Test
  void idleConnectionsAreClosedSilently() throws IOException {
    HttpTimeouts idle = HttpTimeouts.DEFAULTS.withIdle(millis(1_000));
    try (RawClient client = new RawClient(start(HttpLimits.DEFAULTS, idle))) {
      assertThat(client.ask(RawClient.GOOD).status()).isEqualTo(200);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void aClientThatNeverReadsIsClosed() throws IOException {
    HttpServer server =
        start(
            HttpLimits.DEFAULTS.withOutboundBytes(16 << 10),
            HttpTimeouts.DEFAULTS.withStall(millis(100)));
    try (RawClient client = new RawClient(server)) {
      client.socket().setReceiveBufferSize(4096);
      // Far more answers than the kernel holds; the server stops reading long before the last.
      client.send(request("GET /large").repeat(1000));
      await().until(() -> server.connections() == 0);
    }
    try (RawClient next = new RawClient(server)) {
      assertThat(next.ask(RawClient.GOOD).status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatReadsSlowlyGetsEverything() throws IOException {
    HttpServer server =
        start(HttpLimits.DEFAULTS.withOutboundBytes(16 << 10), HttpTimeouts.DEFAULTS);
    try (RawClient client = new RawClient(server)) {
      client.send(request("GET /large").repeat(300));
      for (int i = 0; i < 300; i++) {
        assertThat(client.read().body()).hasSize(32 << 10);
      }
      assertThat(client.ask(RawClient.GOOD).status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatTakesALittleInEachPeriodGetsAllAndOneThatStopsIsClosed() {
    SlowChannel channel = new SlowChannel();
    Connection connection = serve(channel, HttpLimits.DEFAULTS);
    channel.pipeline().fireChannelRead(bytes(request("GET /huge").repeat(3)));
    channel.pipeline().fireChannelReadComplete();
    long now = System.nanoTime();
    long stallNanos = HttpTimeouts.DEFAULTS.stall().toNanos();
    int most = HttpLimits.DEFAULTS.outboundBytes() + (128 << 10);
    for (int left = 9 << 20; left > 0; left -= 20_000) {
      now += stallNanos / 4 * 3;
      connection.checkDeadlines(now);
      assertThat(channel.isOpen()).isTrue();
      assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes()).isLessThan(most);
      channel.take(20_000);
    }
    assertThat(channel.taken).isGreaterThan(8 << 20);
    assertThat(huge).as("answers that are begun before they can be sent").hasValue(2);

    connection.checkDeadlines(now);
    connection.checkDeadlines(now + stallNanos / 4 * 3);
    assertThat(channel.isOpen()).isTrue();
    connection.checkDeadlines(now + stallNanos / 4 * 5);
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
  }

  /** A channel whose other end takes bytes only when told. */
  private static final class SlowChannel extends EmbeddedChannel {
    private long taken;
    private long wanted;

    void take(int bytes) {
      wanted = bytes;
      flush();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) {
      while (wanted > 0 && waiting.current() instanceof ByteBuf next) {
        long some = Math.min(wanted, next.readableBytes());
        wanted -= some;
        taken += some;
        waiting.removeBytes(some);
      }
    }
  }

  private Connection serve(EmbeddedChannel channel, HttpLimits limits) {
    channel
        .config()
        .setWriteBufferWaterMark(
            new WriteBufferWaterMark(limits.outboundBytes() / 4, limits.outboundBytes()));
    Shard shard = new Shard(channel.eventLoop(), HttpTimeouts.DEFAULTS);
    Service service = new Service(routes, limits, HttpTimeouts.DEFAULTS, new Admission(1));
    Connection connection = new Connection(channel, shard, service);
    channel.pipeline().addLast(connection);
    return connection;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }
}
