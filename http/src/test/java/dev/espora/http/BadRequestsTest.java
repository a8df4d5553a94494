package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not a valid request gets a stated status, has no effect and harms nobody else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestsTest {
  private static final String HOST = "Host: x\r\n";

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
  @MethodSource({"requestLines", "targets", "headers", "framing", "chunks", "limits"})
  void isRejectedWithoutEffect(String what, int status, String request) throws IOException {
    int before = effects.get();
    try (RawClient client = new RawClient(server)) {
      RawClient.Answer answer = client.ask(request);

      assertThat(answer.status()).as(answer.body()).isEqualTo(status);
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

  static List<Arguments> requestLines() {
    return cases(
        c("empty line first", 400, "\r\nGET /effect HTTP/1.1\r\nHost: x\r\n\r\n"),
        c("leading space", 400, " GET /effect HTTP/1.1\r\nHost: x\r\n\r\n"),
        c("leading LF", 400, "\nGET /effect HTTP/1.1\r\nHost: x\r\n\r\n"),
        c("double space before the target", 400, line("GET  /effect HTTP/1.1")),
        c("double space before the version", 400, line("GET /effect  HTTP/1.1")),
        c("tab as separator", 400, line("GET\t/effect HTTP/1.1")),
        c("tab before the version", 400, line("GET /effect\tHTTP/1.1")),
        c("VT as separator", 400, line("GET\u000b/effect HTTP/1.1")),
        c("VT after the target", 400, line("GET /effect\u000b HTTP/1.1")),
        c("trailing space", 400, line("GET /effect HTTP/1.1 ")),
        c("four words", 400, line("GET /effect HTTP/1.1 x")),
        c("no version (HTTP/0.9)", 400, line("GET /effect")),
        c("method only", 400, line("GET")),
        c("bare LF", 400, "GET /effect HTTP/1.1\nHost: x\r\n\r\n"),
        c("CR inside the line", 400, line("GET /eff\rect HTTP/1.1")),
        c("NUL inside the line", 400, line("GET /eff\0ect HTTP/1.1")),
        c("method not a token", 400, line("G@T /effect HTTP/1.1")),
        c("version 1.2", 505, line("GET /effect HTTP/1.2")),
        c("version 2.0", 505, line("GET /effect HTTP/2.0")),
        c("version 0.9", 505, line("GET /effect HTTP/0.9")),
        c("version 1.10", 505, line("GET /effect HTTP/1.10")),
        c("version 01.1", 505, line("GET /effect HTTP/01.1")),
        c("lower-case version", 505, line("GET /effect http/1.1")),
        c("another protocol's version", 505, line("GET /effect RTSP/1.0")),
        c("HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        c("TLS client hello", 400, "\u0016\u0003\u0001\u0000\u00a5\u0001"),
        c("CONNECT", 405, "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n"));
  }

  static List<Arguments> targets() {
    return cases(
        c("absolute URI", 400, line("GET http://x/effect HTTP/1.1")),
        c("no leading slash", 400, line("GET effect HTTP/1.1")),
        c("asterisk for GET", 400, line("GET * HTTP/1.1")),
        c("raw 0xFF in the path", 400, line("GET /eff\u00ffect HTTP/1.1")),
        c("raw 0xFF in the query", 400, line("GET /effect?a=\u00ff HTTP/1.1")),
        c("fragment", 400, line("GET /effect#a HTTP/1.1")),
        c("backslash", 400, line("GET /eff\\ect HTTP/1.1")),
        c("%00", 400, line("GET /effect%00 HTTP/1.1")),
        c("%0d%0a", 400, line("GET /effect%0d%0a HTTP/1.1")),
        c("%00 in the query", 400, line("GET /effect?a=%00 HTTP/1.1")),
        c("%2e%2e", 400, line("GET /a/%2e%2e/effect HTTP/1.1")),
        c(".%2E", 400, line("GET /a/.%2E/effect HTTP/1.1")),
        c("..", 400, line("GET /a/../effect HTTP/1.1")),
        c(".", 400, line("GET /./effect HTTP/1.1")),
        c("%2f", 400, line("GET /a%2feffect HTTP/1.1")),
        c("%5c", 400, line("GET /a%5ceffect HTTP/1.1")),
        c("escape cut short", 400, line("GET /effect%4 HTTP/1.1")),
        c("lone percent", 400, line("GET /effect% HTTP/1.1")),
        c("escape not hexadecimal", 400, line("GET /effect%zz HTTP/1.1")),
        c("escaped 0xFF", 400, line("GET /%ff HTTP/1.1")),
        c("overlong UTF-8", 400, line("GET /%c0%af HTTP/1.1")),
        c("UTF-8 cut short", 400, line("GET /%e2%82 HTTP/1.1")),
        c("escaped surrogate", 400, line("GET /%ed%a0%80 HTTP/1.1")),
        c("bad UTF-8 in the query", 400, line("GET /effect?a=%c3 HTTP/1.1")),
        c("query parameter repeated", 400, line("GET /effect?a=1&a=2 HTTP/1.1")));
  }

  static List<Arguments> headers() {
    return cases(
        c("no Host", 400, "GET /effect HTTP/1.1\r\n\r\n"),
        c("two Hosts", 400, head(HOST + HOST)),
        c("empty Host", 400, head("Host:\r\n")),
        c("two names in Host", 400, head("Host: a, b\r\n")),
        c("user in Host", 400, head("Host: a@b\r\n")),
        c("folded line", 400, head(HOST + "A: b\r\n c\r\n")),
        c("folded first line", 400, head(" A: b\r\n" + HOST)),
        c("space before the colon", 400, head(HOST + "A : b\r\n")),
        c("empty name", 400, head(HOST + ": b\r\n")),
        c("no colon", 400, head(HOST + "A\r\n")),
        c("bare LF", 400, head(HOST + "A: b\n")),
        c("CR in a value", 400, head(HOST + "A: b\rc\r\n")),
        c("NUL in a value", 400, head(HOST + "A: b\0c\r\n")),
        c("0x85 in a value", 400, head(HOST + "A: b\u0085c\r\n")),
        c("DEL in a value", 400, head(HOST + "A: b\u007fc\r\n")),
        c("NUL in a name", 400, head(HOST + "A\0: b\r\n")),
        c("0x85 in a name", 400, head(HOST + "A\u0085: b\r\n")),
        c("CR in a name", 400, head(HOST + "A\rB: b\r\n")),
        c("unknown Expect", 417, head(HOST + "Expect: 200-ok\r\n")),
        c("two Expects", 417, head(HOST + "Expect: 100-continue\r\nExpect: x\r\n")),
        c("gzip content", 415, post("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x")),
        c(
            "unknown content coding",
            415,
            post("Content-Encoding: x\r\nContent-Length: 1\r\n", "x")));
  }

  static List<Arguments> framing() {
    return cases(
        c("length and coding", 400, post("Content-Length: 3\r\n" + CHUNKED, "0\r\n\r\n")),
        c("coding and length", 400, post(CHUNKED + "Content-Length: 3\r\n", "0\r\n\r\n")),
        c("1.0 with coding", 400, "POST /effect HTTP/1.0\r\n" + HOST + CHUNKED + "\r\n0\r\n\r\n"),
        c("TE ,chunked", 400, post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n")),
        c("TE chunked,", 400, post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n")),
        c("TE gzip, chunked", 501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        c("TE chunked, gzip", 400, post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")),
        c("TE chunked twice", 400, post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")),
        c("two TE fields", 400, post(CHUNKED + CHUNKED, "0\r\n\r\n")),
        c("TE xchunked", 400, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        c("TE VT chunked", 400, post("Transfer-Encoding: \u000bchunked\r\n", "0\r\n\r\n")),
        c("TE identity", 400, post("Transfer-Encoding: identity\r\n", "")),
        c("TE empty", 400, post("Transfer-Encoding:\r\n", "")),
        c("length twice", 400, post("Content-Length: 1\r\nContent-Length: 1\r\n", "x")),
        c("length list", 400, post("Content-Length: 1, 1\r\n", "x")),
        c("length +4", 400, post("Content-Length: +4\r\n", "xxxx")),
        c("length -1", 400, post("Content-Length: -1\r\n", "")),
        c("length 0x4", 400, post("Content-Length: 0x4\r\n", "xxxx")),
        c("length 1_0", 400, post("Content-Length: 1_0\r\n", "xxxxxxxxxx")),
        c("length empty", 400, post("Content-Length:\r\n", "")),
        c("length 2^63", 413, post("Content-Length: 9223372036854775808\r\n", "")),
        c("length of 40 digits", 413, post("Content-Length: " + "9".repeat(40) + "\r\n", "")));
  }

  static List<Arguments> chunks() {
    return cases(
        c("size 0x4", 400, post(CHUNKED, "0x4\r\nabcd\r\n0\r\n\r\n")),
        c("size 4g", 400, post(CHUNKED, "4g\r\nabcd\r\n0\r\n\r\n")),
        c("size empty", 400, post(CHUNKED, "\r\nabcd\r\n0\r\n\r\n")),
        c("size -1", 400, post(CHUNKED, "-1\r\nabcd\r\n0\r\n\r\n")),
        c("size with leading space", 400, post(CHUNKED, " 4\r\nabcd\r\n0\r\n\r\n")),
        c("size with trailing space", 400, post(CHUNKED, "4 \r\nabcd\r\n0\r\n\r\n")),
        c("size 2^31", 400, post(CHUNKED, "80000000\r\n")),
        c("size 2^64", 400, post(CHUNKED, "10000000000000000\r\n")),
        c("size 2^31-1", 413, post(CHUNKED, "7fffffff\r\n")),
        c("no CRLF after a chunk", 400, post(CHUNKED, "4\r\nabcd0\r\n\r\n")),
        c("LF after a chunk", 400, post(CHUNKED, "4\r\nabcd\n0\r\n\r\n")),
        c("CR X after a chunk", 400, post(CHUNKED, "4\r\nabcd\rX0\r\n\r\n")),
        c("LF after a size", 400, post(CHUNKED, "4\nabcd\r\n0\r\n\r\n")),
        c("LF in an extension", 400, post(CHUNKED, "4;a\nb\r\nabcd\r\n0\r\n\r\n")),
        c("CR in an extension", 400, post(CHUNKED, "4;a\rb\r\nabcd\r\n0\r\n\r\n")),
        c("endless extension", 400, post(CHUNKED, "4;" + "a".repeat(300))),
        c("trailer without colon", 400, post(CHUNKED, "0\r\nabc\r\n\r\n")),
        c("folded trailer", 400, post(CHUNKED, "0\r\nA: b\r\n c\r\n\r\n")),
        c("NUL in a trailer", 400, post(CHUNKED, "0\r\nA: \0\r\n\r\n")),
        c("trailers over the limit", 431, post(CHUNKED, "0\r\n" + fields(20, 1000) + "\r\n")));
  }

  static List<Arguments> limits() {
    return cases(
        c("line over 4 KiB", 414, line("GET /" + "a".repeat(4096) + " HTTP/1.1")),
        c("endless line", 414, "GET /" + "a".repeat(5000)),
        c("header over 8 KiB", 431, head(HOST + fields(9, 1000))),
        c("endless header line", 431, "GET /effect HTTP/1.1\r\nA: " + "b".repeat(9000)),
        c("101 headers", 431, head(HOST + fields(100, 1))),
        c("body over the default", 413, post("Content-Length: 65537\r\n", "")),
        c("body over the route's", 413, small("Content-Length: 11\r\n", "")),
        c("chunks over the route's", 413, small(CHUNKED, "a\r\n0123456789\r\n1\r\nx\r\n")));
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

  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

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

  private static Object[] c(String what, int status, String request) {
    return new Object[] {what, status, request};
  }

  private static List<Arguments> cases(Object[]... rows) {
    List<Arguments> cases = new ArrayList<>();
    Arrays.stream(rows).map(Arguments::of).forEach(cases::add);
    return cases;
  }
}
