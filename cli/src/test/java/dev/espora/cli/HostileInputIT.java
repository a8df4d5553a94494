package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What no client should send, through the balancer: refused, closed, and nobody else is harmed. */
class HostileInputIT {
  private static final String POST = "POST /clientes/1/transacoes HTTP/1.1\r\nHost: a\r\n";
  private static final String BODY = "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"hostile\"}";

  @TempDir static Path directory;
  private static Up up;

  @BeforeAll
  static void start() throws IOException {
    up = Up.start(directory, directory.resolve("data"), Espora.freePort());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    try (Up ending = up) {
      assertThat(ending.stop()).isZero();
    }
  }

  static Stream<Arguments> hostile() {
    String get = "GET /clientes/1/extrato HTTP/1.1\r\n";
    String length = "Content-Length: " + BODY.length() + "\r\n";
    String chunk = Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n0\r\n\r\n";
    return Stream.of(
        Arguments.of(
            "length and chunked",
            400,
            POST + length + "Transfer-Encoding: chunked\r\n\r\n" + chunk),
        Arguments.of(
            "odd list before chunked", 400, POST + "Transfer-Encoding: ,chunked\r\n\r\n" + chunk),
        Arguments.of(
            "gzip and chunked", 501, POST + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk),
        Arguments.of("two lengths", 400, POST + length + "Content-Length: 4\r\n\r\n" + BODY),
        Arguments.of("signed length", 400, POST + "Content-Length: +4\r\n\r\n{}  "),
        Arguments.of("huge length", 413, POST + "Content-Length: 99999999999\r\n\r\n"),
        Arguments.of("space before colon", 400, get + "Host : a\r\n\r\n"),
        Arguments.of("folded header", 400, get + "Host: a\r\nX: b\r\n c\r\n\r\n"),
        Arguments.of("no host", 400, get + "\r\n"),
        Arguments.of("two hosts", 400, get + "Host: a\r\nHost: b\r\n\r\n"),
        Arguments.of("wrong version", 505, "GET /clientes/1/extrato HTTP/3.0\r\nHost: a\r\n\r\n"),
        Arguments.of(
            "tab in request line", 400, "GET\t/clientes/1/extrato HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("two spaces", 400, "GET  /clientes/1/extrato HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("leading space", 400, " GET /clientes/1/extrato HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("raw byte in the target", 400, "GET /\u00ff HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("many headers", 431, get + "Host: a\r\n" + "X: y\r\n".repeat(101) + "\r\n"),
        Arguments.of("long header", 431, get + "Host: a\r\nX: " + "y".repeat(9000) + "\r\n\r\n"),
        Arguments.of("long line", 414, "GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of(
            "absolute target", 400, "GET http://a/clientes/1/extrato HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("connect", 405, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Arguments.of("body over the limit", 413, POST + "Content-Length: 1000000\r\n\r\n"),
        Arguments.of(
            "unknown expectation", 417, POST + "Expect: wonders\r\n" + length + "\r\n" + BODY));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void isRefusedAndClosed(String name, int status, String request) throws IOException {
    try (Client bystander = new Client(up.port());
        Client client = new Client(up.port())) {
      assertThat(bystander.statement(1).status()).isEqualTo(200);
      assertThat(client.raw(request).status()).as(name).isEqualTo(status);
      assertThat(client.closedByPeer()).as(name + ": closed").isTrue();
      Answer statement = bystander.statement(1);
      assertThat(statement.status()).isEqualTo(200);
      assertThat(statement.number("total")).as(name + ": no effect").isZero();
    }
  }
}
