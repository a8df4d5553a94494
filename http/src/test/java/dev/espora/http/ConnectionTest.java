package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Keep-alive, order, broken handlers, caps, draining. */
class ConnectionTest extends ConnectionFixture {
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

  /** Who was told so late that it may send its body has the whole time for it. */
  @Test
  void timeForABodyBeginsWhenItMayBeSent() throws Exception {
    Duration patience = Duration.ofSeconds(2);
    try (RawClient client =
        new RawClient(start(HttpLimits.DEFAULTS, HttpTimeouts.DEFAULTS.withRequest(patience)))) {
      client.send(request("GET /later/1"));
      Pending slow = next();
      client.send(
          "POST /hello HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      long start = System.nanoTime();
      await().until(() -> System.nanoTime() - start > patience.toNanos());
      slow.complete();
      assertThat(client.read().body()).isEqualTo("/later/1");
      assertThat(client.read().status()).isEqualTo(100);
      long told = System.nanoTime();
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> System.nanoTime() - told > patience.toNanos() / 4);
      assertThat(client.ask("{}").status()).isEqualTo(201);
    }
  }

  @Test
  void nothingFollowsTheHeadOfAnAnswerToHeadWhateverItSays() throws Exception {
    try (RawClient client =
        new RawClient(start(HttpLimits.DEFAULTS, HttpTimeouts.DEFAULTS.withAnswer(millis(100))))) {
      client.send(request("HEAD /later/1"));
      assertThat(client.readAnswerTo("HEAD").status()).isEqualTo(503);
      assertThat(client.ended()).isTrue();
    }
    try (RawClient client = new RawClient(start())) {
      client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
      assertThat(client.readAnswerTo("HEAD").status()).isEqualTo(400);
      assertThat(client.ended()).isTrue();
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
}
