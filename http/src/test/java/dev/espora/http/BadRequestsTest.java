package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** What is not a valid request gets a stated status, has no effect and harms nobody else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestsTest {
  private static final String HOST = "Host: x\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  /** Longer than 15 bytes: its length has two digits in hexadecimal too. */
  private static final String BODY = "what has an effect";

  private final AtomicInteger effects = new AtomicInteger();
  private HttpServer server;

  @BeforeAll
  void start() throws IOException {
    Handler effect =
        request -> {
          effects.incrementAndGet();
          return completedStage(
              Response.text(200, new String(request.body(), StandardCharsets.US_ASCII)));
        };
    Routes routes =
        Routes.builder()
            .get("/hello", request -> completedStage(Response.text(200, "hello")))
            .post("/effect", effect)
            .get("/effect", effect)
            .add("POST", "/small", 10, effect)
            .get("/{any}", effect)
            .build();
    server = HttpServer.builder(routes).listen("127.0.0.1:0").start();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvFileSource(
      resources = "/bad-requests.txt",
      encoding = "US-ASCII",
      delimiter = '|',
      quoteCharacter = '`')
  void isRejectedWithoutEffect(String what, int status, String request) throws IOException {
    assertRejected(what, status, RequestText.fill(request, "/effect", BODY));
  }

  @Test
  void aBodyOverTheLimitOfItsRouteIsRejected() throws IOException {
    assertRejected("length", 413, small("Content-Length: 11\r\n", ""));
    assertRejected("chunks", 413, small(CHUNKED, "a\r\n0123456789\r\n1\r\nx\r\n"));
  }

  private void assertRejected(String what, int status, String request) throws IOException {
    int before = effects.get();
    try (RawClient client = new RawClient(server)) {
      RawClient.Answer answer = client.ask(request);

      assertThat(answer.status()).as(what + ": " + answer.body()).isEqualTo(status);
      assertThat(answer.headers().get("content-type")).isEqualTo("application/problem+json");
      assertThat(answer.body()).contains("\"status\":" + status, "\"title\":", "\"detail\":");
      assertThat(answer.closes()).isTrue();
      assertThat(client.ended()).isTrue();
    }
    assertThat(effects).hasValue(before);
    try (RawClient next = new RawClient(server)) {
      assertThat(next.ask(RawClient.GOOD).body()).isEqualTo("hello");
    }
  }

  @Test
  void takesExactlyTheLimits() throws IOException {
    try (RawClient client = new RawClient(server)) {
      int spare = 4096 - "GET /effect? HTTP/1.1".length();
      assertThat(client.ask(line("GET /effect?" + "a".repeat(spare) + " HTTP/1.1")).status())
          .isEqualTo(200);
      assertThat(client.ask(head(HOST + fields(99, 1))).status()).isEqualTo(200);
      assertThat(client.ask(small("Content-Length: 10\r\n", "0123456789")).body())
          .isEqualTo("0123456789");
      assertThat(client.ask(small(CHUNKED, "5\r\n01234\r\n5;a=\"b\"\r\n56789\r\n0\r\n\r\n")).body())
          .isEqualTo("0123456789");
    }
  }

  @Test
  void trailersAreNeverTakenForHeaders() throws IOException {
    try (RawClient client = new RawClient(server)) {
      RawClient.Answer answer =
          client.ask(post(CHUNKED, "1\r\nx\r\n0\r\nConnection: close\r\nHost: y\r\n\r\n"));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.closes()).isFalse();
      assertThat(client.ask(RawClient.GOOD).body()).isEqualTo("hello");
    }
  }

  @Test
  void bytesBehindAnUpgradeAreIgnoredAndEndTheConnection() throws IOException {
    int before = effects.get();
    try (RawClient client = new RawClient(server)) {
      RawClient.Answer answer =
          client.ask(
              head(HOST + "Connection: Upgrade\r\nUpgrade: h2c\r\n")
                  + line("GET /effect HTTP/1.1"));

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.closes()).isTrue();
      assertThat(client.ended()).isTrue();
    }
    assertThat(effects).hasValue(before + 1);
  }

  @Test
  void anUpgradeAloneIsAnsweredInHttp() throws IOException {
    try (RawClient client = new RawClient(server)) {
      String upgrade = head(HOST + "Connection: Upgrade\r\nUpgrade: h2c\r\n");
      assertThat(client.ask(upgrade).status()).isEqualTo(200);
      assertThat(client.ask(RawClient.GOOD).body()).isEqualTo("hello");
    }
  }

  @Test
  void goodRequestsBeforeABadOneAreAnsweredFirst() throws IOException {
    try (RawClient client = new RawClient(server)) {
      client.send(RawClient.GOOD + RawClient.GOOD + "bad\r\n\r\n" + RawClient.GOOD);

      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.ended()).isTrue();
    }
  }

  @Test
  void anyRequestMayArriveByteByByte() throws IOException {
    String chunked = post(CHUNKED, "4;a\r\nabcd\r\n3\r\nefg\r\n0\r\nA: b\r\n\r\n");
    String fixed = post("Content-Length: 3\r\n", "xyz");
    try (RawClient client = new RawClient(server)) {
      client.socket().setTcpNoDelay(true);
      for (char c : (chunked + fixed).toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.read().body()).isEqualTo("abcdefg");
      assertThat(client.read().body()).isEqualTo("xyz");
    }
  }

  private static String line(String requestLine) {
    return requestLine + "\r\n" + HOST + "\r\n";
  }

  private static String head(String headers) {
    return "GET /effect HTTP/1.1\r\n" + headers + "\r\n";
  }

  private static String post(String headers, String body) {
    return "POST /effect HTTP/1.1\r\n" + HOST + headers + "\r\n" + body;
  }

  private static String small(String headers, String body) {
    return "POST /small HTTP/1.1\r\n" + HOST + headers + "\r\n" + body;
  }

  private static String fields(int count, int length) {
    return ("A: " + "b".repeat(length) + "\r\n").repeat(count);
  }
}
