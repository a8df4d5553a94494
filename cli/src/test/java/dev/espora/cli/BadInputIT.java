package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What no client should send, through the balancer in both its ways: each row of two tables gets
 * its status, has no effect on the account and harms nobody else.
 */
@ParameterizedClass
@EnumSource(Edge.Way.class)
@SuppressWarnings("NullAway.Init") // The static fields are set before each of the two runs.
record BadInputIT(Edge.Way way) {
  @TempDir static Path directory;
  private static Edge edge;
  private static Client bystander;

  @BeforeParameterizedClassInvocation
  static void start(Edge.Way way) throws IOException {
    edge = Edge.start(way, directory.resolve(way.name()));
    bystander = new Client(edge.port());
  }

  @AfterParameterizedClassInvocation
  static void stop() throws Exception {
    try (Edge ending = edge) {
      bystander.close();
      ending.stop();
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvFileSource(
      resources = "/bad-requests.txt",
      encoding = "US-ASCII",
      delimiter = '|',
      quoteCharacter = '`')
  void badRequestIsRefusedAndEndsTheConnection(String what, int status, String request)
      throws IOException {
    String before = movements();
    try (Client client = new Client(edge.port())) {
      assertThat(client.raw(RequestText.request(request)))
          .as(what)
          .satisfies(answer -> assertProblem(answer, status))
          .satisfies(answer -> assertThat(answer.headers()).containsEntry("connection", "close"));
      assertThat(client.closedByPeer()).as(what + ": closed").isTrue();
    }
    assertThat(movements()).as(what + ": no effect").isEqualTo(before);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvFileSource(
      resources = "/bad-bodies.txt",
      encoding = "US-ASCII",
      delimiter = '|',
      quoteCharacter = '`')
  void badBodyIsRefusedAndTheConnectionGoesOn(String what, int status, String body)
      throws IOException {
    String before = movements();
    try (Client client = new Client(edge.port())) {
      assertThat(client.raw(RequestText.bodyInRequest(body)))
          .as(what)
          .satisfies(answer -> assertProblem(answer, status));
      assertThat(movements(client)).as(what + ": no effect").isEqualTo(before);
    }
  }

  @Test
  void aBodyThatIsNotThereIsNotJson() throws IOException {
    String before = movements();
    try (Client client = new Client(edge.port())) {
      assertProblem(client.post(RequestText.PATH, ""), 400);
      assertProblem(client.raw(RequestText.request("{post}\r\n")), 400);
      assertThat(movements(client)).isEqualTo(before);
    }
  }

  @Test
  void aBodyOverTheLimitIsRefusedAndEndsTheConnection() throws IOException {
    String before = movements();
    for (String body : new String[] {"{\"valor\": <9*16400>, {rest}", "<{\"a\": *10000>"}) {
      try (Client client = new Client(edge.port())) {
        assertProblem(client.raw(RequestText.bodyInRequest(body)), 413);
        assertThat(client.closedByPeer()).isTrue();
      }
    }
    assertThat(movements()).isEqualTo(before);
  }

  /** Whichever byte is the last one to arrive: without the rest nothing happens. */
  @Test
  void aRequestCutShortHasNoEffectWhereverItIsCut() throws IOException {
    String before = movements();
    for (String text : new String[] {"{post}{chunked}A: b\r\n\r\n{chunks}", "{post}{end}"}) {
      String request = RequestText.request(text);
      for (int length = 1; length < request.length(); length++) {
        try (Client client = new Client(edge.port())) {
          client.send(request.substring(0, length));
          if (length % 2 == 0) {
            client.endOutput();
            assertThat(client.closedByPeer()).as("cut behind %d bytes", length).isTrue();
          } else {
            client.reset();
          }
        }
      }
    }
    assertThat(movements()).isEqualTo(before);
  }

  @Test
  void aRequestMayArriveByteByByte() throws IOException {
    long before = bystander.statement(1).number("total");
    try (Client client = new Client(edge.port())) {
      for (char c : RequestText.request("{post}{chunked}\r\n{chunks}").toCharArray()) {
        client.send(String.valueOf(c));
      }
      assertThat(client.read().number("saldo")).isEqualTo(before + 1);
    }
  }

  /** Were the trailer taken for a header, the second request would repeat the first one's key. */
  @Test
  void trailersAreNeverTakenForHeaders() throws IOException {
    long before = bystander.statement(1).number("total");
    String trailers = "Idempotency-Key: trailer\r\nConnection: close\r\nHost: y\r\n";
    String chunks = "{hex};a=b\r\n{body}\r\n0\r\n" + trailers + "\r\n";
    String request = RequestText.request("{post}{chunked}\r\n" + chunks);
    try (Client client = new Client(edge.port())) {
      assertThat(client.raw(request).number("saldo")).isEqualTo(before + 1);
      assertThat(client.raw(request).number("saldo")).isEqualTo(before + 2);
    }
  }

  @Test
  void bytesBehindAnUpgradeAreIgnoredAndEndTheConnection() throws IOException {
    String before = movements();
    String get = "GET /clientes/1/extrato HTTP/1.1\r\nHost: x\r\n";
    String upgrade = get + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    try (Client client = new Client(edge.port())) {
      Answer answer = client.raw(upgrade + RequestText.request("{post}{end}"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers()).containsEntry("connection", "close");
      assertThat(client.closedByPeer()).isTrue();
    }
    assertThat(movements()).isEqualTo(before);
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrderAndNothingBehindABadOneCounts() throws IOException {
    long before = bystander.statement(1).number("total");
    String good = RequestText.request("{post}{end}");
    try (Client client = new Client(edge.port())) {
      client.send(good.repeat(100) + "bad\r\n\r\n" + good);
      for (int i = 1; i <= 100; i++) {
        assertThat(client.read().number("saldo")).isEqualTo(before + i);
      }
      assertProblem(client.read(), 400);
      assertThat(client.closedByPeer()).isTrue();
    }
    assertThat(bystander.statement(1).number("total")).isEqualTo(before + 100);
  }

  private static void assertProblem(Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status, "\"title\":", "\"detail\":");
  }

  private static String movements() throws IOException {
    return movements(bystander);
  }

  /** The statement without the time at which it was asked for. */
  private static String movements(Client client) throws IOException {
    Answer answer = client.statement(1);
    assertThat(answer.status()).isEqualTo(200);
    return answer.body().replaceFirst("\"data_extrato\":\"[^\"]*\"", "");
  }
}
