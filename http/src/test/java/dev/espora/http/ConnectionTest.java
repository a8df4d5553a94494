package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keep-alive, order, slow clients, broken handlers. */
class ConnectionTest {
  private static final HttpTimeouts SHORT = HttpTimeouts.DEFAULTS.withRequest(millis(200));

  private record Pending(Request request, CompletableFuture<Response> answer) {
    void complete() {
      answer.complete(Response.text(200, request.path()));
    }
  }

  private final BlockingQueue<Pending> pending = new LinkedBlockingQueue<>();
  private final AtomicInteger huge = new AtomicInteger();
  private final Routes routes =
      Routes.builder()
          .get("/hello", request -> completedStage(Response.text(200, "hello")))
          .post("/hello", request -> completedStage(Response.json(201, request.body())))
          .get(
              "/huge",
              request -> {
                huge.incrementAndGet();
                return completedStage(Response.json(200, new byte[8 << 20]));
              })
          .get("/large", request -> completedStage(Response.json(200, new byte[32 << 10])))
          .get(
              "/later/{n}",
              request -> {
                Pending next = new Pending(request, new CompletableFuture<>());
                pending.add(next);
                return next.answer;
              })
          .get(
              "/throws",
              request -> {
                throw new IllegalStateException("on purpose");
              })
          .get("/overflows", request -> overflow(0))
          .get("/fails", request -> CompletableFuture.failedFuture(new Exception("on purpose")))
          .get(
              "/teapot",
              request ->
                  CompletableFuture.supplyAsync(() -> {
                    throw new ProblemException(Problem.of(409, "a conflict"));
                  }))
          .get("/known", request -> CompletableFuture.failedFuture(new ArithmeticException()))
          .onError(error ->
              error instanceof ArithmeticException
                  ? Optional.of(Problem.of(503, "later").withHeader("Retry-After", "1"))
                  : Optional.empty())
          .build();

  private final List<HttpServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.drain(Duration.ZERO));
  }

  @Test
  void answersWithLengthTypeAndDate() throws IOException {
    try (RawClient client = new RawClient(start())) {
      RawClient.Answer answer = client.ask(RawClient.GOOD);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers())
          .containsEntry("content-type", "text/plain; charset=utf-8")
          .containsEntry("content-length", "5")
          .containsKey("date")
          .doesNotContainKeys("server", "connection");
    }
  }

  @Test
  void headIsAnsweredWithoutBodyAndOptionsWithAllow() throws IOException {
    try (RawClient client = new RawClient(start())) {
      RawClient.Answer head = client.send(request("HEAD /hello")).readAnswerTo("HEAD");
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.headers()).containsEntry("content-length", "5");

      RawClient.Answer options = client.ask(request("OPTIONS /hello"));
      assertThat(options.status()).isEqualTo(204);
      assertThat(options.headers())
          .containsEntry("allow", "GET, POST, HEAD, OPTIONS")
          .doesNotContainKey("content-length");
      assertThat(client.ask(request("OPTIONS *")).status()).isEqualTo(204);
    }
  }

  @Test
  void unknownPathsAndMethodsAreProblemsThatKeepTheConnection() throws IOException {
    try (RawClient client = new RawClient(start())) {
      RawClient.Answer unknown = client.ask(request("GET /nowhere"));
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.headers()).containsEntry("content-type", "application/problem+json");
      assertThat(unknown.body())
          .isEqualTo(
              "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
                  + "\"detail\":\"nothing is at this path\"}");
      assertThat(client.ask(request("GET /hello/")).status()).isEqualTo(404);
      assertThat(client.ask(request("GET /later/")).status()).isEqualTo(404);
      for (String method : List.of("DELETE", "TRACE", "FOO", "get")) {
        RawClient.Answer answer = client.ask(request(method + " /hello"));
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.headers()).containsEntry("allow", "GET, POST, HEAD, OPTIONS");
      }
      assertThat(client.ask(RawClient.GOOD).status()).isEqualTo(200);
    }
  }

  @Test
  void aBrokenHandlerIsA500AndTheConnectionLives() throws IOException {
    try (RawClient client = new RawClient(start())) {
      for (String path : List.of("/throws", "/fails", "/overflows")) {
        RawClient.Answer answer = client.ask(request("GET " + path));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("purpose");
      }
      assertThat(client.ask(request("GET /teapot")).status()).isEqualTo(409);
      RawClient.Answer known = client.ask(request("GET /known"));
      assertThat(known.status()).isEqualTo(503);
      assertThat(known.headers()).containsEntry("retry-after", "1");
      assertThat(client.ask(RawClient.GOOD).status()).isEqualTo(200);
    }
  }

  @Test
  void readsThatBlockRunElsewhereAndHoldNobodyUp() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    BlockingQueue<String> threads = new LinkedBlockingQueue<>();
    Handler waits =
        request -> {
          threads.add(Thread.currentThread().getName());
          await().until(() -> gate.getCount() == 0);
          return completedStage(Response.text(200, "waited"));
        };
    Handler opens =
        request -> {
          threads.add(Thread.currentThread().getName());
          gate.countDown();
          return completedStage(Response.empty(204));
        };
    Handler conflict =
        request -> {
          throw new ProblemException(Problem.of(409, "a conflict"));
        };
    Routes blocking =
        Routes.builder()
            .get("/waits", waits)
            .post("/opens", opens)
            .get("/conflict", conflict)
            .build()
            .readingOn(task -> Thread.ofVirtual().name("reader").start(task));
    HttpServer server = HttpServer.builder(blocking).listen("127.0.0.1:0").eventLoops(1).start();
    servers.add(server);
    try (RawClient first = new RawClient(server);
        RawClient second = new RawClient(server)) {
      first.send(request("GET /waits"));
      assertThat(threads.take()).isEqualTo("reader");
      assertThat(second.ask(request("POST /opens")).status()).isEqualTo(204);
      assertThat(threads.take()).isNotEqualTo("reader");
      assertThat(first.readAnswerTo("GET").body()).isEqualTo("waited");
      assertThat(second.ask(request("GET /conflict")).status()).isEqualTo(409);
    }
  }

  @Test
  void oldClientsAreClosedUnlessTheyAskForMore() throws IOException {
    HttpServer server = start();
    try (RawClient client = new RawClient(server)) {
      RawClient.Answer kept = client.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(kept.headers()).containsEntry("connection", "keep-alive");
      assertThat(client.ask("GET /hello HTTP/1.0\r\n\r\n").closes()).isTrue();
      assertThat(client.ended()).isTrue();
    }
    try (RawClient client = new RawClient(server)) {
      RawClient.Answer last =
          client.ask("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: x, Close\r\n\r\n");
      assertThat(last.closes()).isTrue();
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void expectedContinueIsSentOnceTheHeadIsAccepted() throws IOException {
    try (RawClient client = new RawClient(start())) {
      String head = "POST /hello HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
      assertThat(client.ask(head + "Content-Length: 2\r\n\r\n").status()).isEqualTo(100);
      assertThat(client.ask("{}").status()).isEqualTo(201);
      assertThat(client.ask(head + "Content-Length: 99999999\r\n\r\n").status()).isEqualTo(413);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderHoweverTheirHandlersFinish() throws Exception {
    try (RawClient client = new RawClient(start())) {
      client.send(
          request("GET /later/0")
              + request("GET /later/1")
              + RawClient.GOOD
              + request("GET /later/2"));
      List<Pending> all = List.of(next(), next(), next());
      all.reversed().forEach(one -> Thread.ofVirtual().start(one::complete));

      assertThat(client.read().body()).isEqualTo("/later/0");
      assertThat(client.read().body()).isEqualTo("/later/1");
      assertThat(client.read().body()).isEqualTo("hello");
      assertThat(client.read().body()).isEqualTo("/later/2");
    }
  }

  @Test
  void noMoreThanTheLimitOfPipelinedRequestsBeginTogether() throws Exception {
    HttpServer server = start(HttpLimits.DEFAULTS.withPipelined(2), HttpTimeouts.DEFAULTS);
    try (RawClient client = new RawClient(server)) {
      for (int i = 0; i < 5; i++) {
        client.send(request("GET /later/" + i));
      }
      for (int i = 0; i < 5; i += 2) {
        List<Pending> two = new ArrayList<>(List.of(next()));
        if (i < 4) {
          two.add(next());
        }
        assertThat(pending).isEmpty();
        two.forEach(Pending::complete);
        for (int n = 0; n < two.size(); n++) {
          assertThat(client.read().body()).isEqualTo("/later/" + (i + n));
        }
      }
    }
  }

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
  void answersCompletedTogetherReachAllTheirClients() throws Exception {
    HttpServer server = start();
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      clients.add(new RawClient(server).send(request("GET /later/" + i)));
    }
    List<Pending> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(next());
    }
    all.forEach(Pending::complete);
    for (int i = 0; i < 60; i++) {
      try (RawClient client = clients.get(i)) {
        assertThat(client.read().body()).isEqualTo("/later/" + i);
      }
    }
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

  @Test
  void aHandlerThatNeverAnswersIsA503() throws Exception {
    HttpTimeouts answer = HttpTimeouts.DEFAULTS.withAnswer(millis(100));
    try (RawClient client = new RawClient(start(HttpLimits.DEFAULTS, answer))) {
      assertThat(client.ask(request("GET /later/1")).status()).isEqualTo(503);
      assertThat(client.ended()).isTrue();
      next().complete();
    }
  }

  @Test
  void connectionsBeyondTheCapGet503AndThePlaceIsFreedByClosing() throws IOException {
    HttpServer server = start(HttpLimits.DEFAULTS.withConnections(1), HttpTimeouts.DEFAULTS);
    try (RawClient first = new RawClient(server)) {
      assertThat(first.ask(RawClient.GOOD).status()).isEqualTo(200);
      try (RawClient second = new RawClient(server)) {
        assertThat(second.read().status()).isEqualTo(503);
        assertThat(second.ended()).isTrue();
      }
      assertThat(first.ask(RawClient.GOOD).status()).isEqualTo(200);
    }
    await().until(() -> server.connections() == 0);
    try (RawClient third = new RawClient(server)) {
      assertThat(third.ask(RawClient.GOOD).status()).isEqualTo(200);
    }
  }

  @Test
  void drainAnswersWhatIsInFlightAndThenCloses() throws Exception {
    HttpServer server = start();
    try (RawClient busy = new RawClient(server);
        RawClient idle = new RawClient(server);
        RawClient halfway = new RawClient(server)) {
      busy.send(request("GET /later/1"));
      Pending one = next();
      assertThat(idle.ask(RawClient.GOOD).status()).isEqualTo(200);
      halfway.send("GET /hello HTTP/1.1\r\n");
      await().until(() -> server.connections() == 3);
      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> server.drain(Duration.ofSeconds(10)));

      assertThat(idle.ended()).isTrue();
      RawClient.Answer last = halfway.ask("Host: x\r\n\r\n");
      assertThat(last.body()).isEqualTo("hello");
      assertThat(last.closes()).isTrue();
      one.complete();
      RawClient.Answer answer = busy.read();
      assertThat(answer.body()).isEqualTo("/later/1");
      assertThat(answer.closes()).isTrue();
      assertThat(busy.ended()).isTrue();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(server.connections()).isZero();
  }

  @Test
  void drainNeverCutsAnAnswerShort() throws Exception {
    HttpServer server = start();
    try (RawClient client = new RawClient(server)) {
      client.send(request("GET /huge") + request("GET /later/1"));
      await().until(() -> huge.get() == 1);
      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> server.drain(Duration.ofSeconds(10)));
      await().until(() -> refusesConnections(server));
      assertThat(client.read().body()).hasSize(8 << 20);
      next().complete();
      assertThat(client.read().body()).isEqualTo("/later/1");
      assertThat(client.ended()).isTrue();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void drainEndsAtItsLimit() throws Exception {
    HttpServer server = start();
    try (RawClient client = new RawClient(server)) {
      client.send(request("GET /later/1"));
      next();
      assertThat(server.drain(millis(50))).isFalse();
      assertThat(client.ended()).isTrue();
    }
  }

  private static boolean refusesConnections(HttpServer server) throws IOException {
    try (Socket socket = RawClient.connect(server)) {
      return !socket.isConnected();
    } catch (ConnectException _) {
      return true;
    }
  }

  private HttpServer start() throws IOException {
    return start(HttpLimits.DEFAULTS, HttpTimeouts.DEFAULTS);
  }

  private HttpServer start(HttpLimits limits, HttpTimeouts timeouts) throws IOException {
    HttpServer server =
        HttpServer.builder(routes)
            .listen("127.0.0.1:0")
            .limits(limits)
            .timeouts(timeouts)
            .eventLoops(2)
            .start();
    servers.add(server);
    return server;
  }

  private Pending next() throws InterruptedException {
    Pending next = pending.poll(10, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static CompletionStage<Response> overflow(int depth) {
    return depth < 0 ? completedStage(Response.empty(204)) : overflow(depth + 1);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static String request(String line) {
    return line + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
}
