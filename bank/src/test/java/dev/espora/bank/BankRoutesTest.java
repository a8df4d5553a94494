package dev.espora.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.http.HttpServer;
import dev.espora.http.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two instances of the bank on one database, over HTTP. */
class BankRoutesTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2024-01-17T02:34:41.2177539Z"));

  private final HttpClient http = HttpClient.newHttpClient();
  private Database database;
  private final List<HttpServer> instances = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    database = Database.inMemory(Options.DEFAULTS);
    for (int i = 0; i < 2; i++) {
      Bank bank = Bank.open(database, Accounts.DEFAULTS, CLOCK);
      instances.add(
          HttpServer.builder(BankRoutes.of(bank))
              .limits(BankRoutes.LIMITS)
              .listen("127.0.0.1:0")
              .start());
    }
  }

  @AfterEach
  void stop() {
    http.close();
    instances.forEach(HttpServer::close);
    database.close();
  }

  @Test
  void aTransactionAnswersLimitAndBalance() throws Exception {
    HttpResponse<String> answer = post(1, transaction("1000", "d", "\"descricao\""));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.body()).isEqualTo("{\"limite\":100000,\"saldo\":-1000}");
  }

  @Test
  void theDefaultAccountsHaveTheirLimits() throws Exception {
    List<Long> limits = List.of(100_000L, 80_000L, 1_000_000L, 10_000_000L, 500_000L);
    for (int id = 1; id <= 5; id++) {
      assertThat(get(id).body())
          .isEqualTo(
              "{\"saldo\":{\"total\":0,\"data_extrato\":\"2024-01-17T02:34:41.217753Z\","
                  + "\"limite\":%d},\"ultimas_transacoes\":[]}",
              limits.get(id - 1));
    }
  }

  @Test
  void theStatementShowsTheTenNewestTransactionsOfBothInstances() throws Exception {
    for (int i = 1; i <= 12; i++) {
      post(
          i % 2,
          2,
          transaction(String.valueOf(i), i % 3 == 0 ? "d" : "c", "\"t\u00e9st\\\"" + i + "\""));
    }
    String body = get(2).body();

    assertThat(body)
        .startsWith("{\"saldo\":{\"total\":18,")
        .contains(
            "\"ultimas_transacoes\":[{\"valor\":12,\"tipo\":\"d\",\"descricao\":\"t\u00e9st\\\"12\","
                + "\"realizada_em\":\"2024-01-17T02:34:41.217753Z\"},{\"valor\":11,")
        .endsWith("\"realizada_em\":\"2024-01-17T02:34:41.217753Z\"}]}")
        .contains("\"valor\":3,")
        .doesNotContain("\"valor\":2,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "6",
        "0",
        "-1",
        "01",
        "+1",
        "1.0",
        "1e0",
        "a",
        "1a",
        "%31%20",
        "%EF%BC%91",
        "9223372036854775808",
        "99999999999999999999"
      })
  void anUnknownOrNonIntegerIdIsA404(String id) throws Exception {
    assertThat(send(0, HttpRequest.newBuilder().GET(), "/clientes/" + id + "/extrato").statusCode())
        .isEqualTo(404);
    HttpRequest.Builder post =
        HttpRequest.newBuilder().POST(BodyPublishers.ofString(transaction("1", "c", "\"x\"")));
    assertThat(send(0, post, "/clientes/" + id + "/transacoes").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "5",
        "null",
        "\"x\"",
        "{}",
        "{\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":\"c\"}",
        "{\"valor\":0,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":-1,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1.0,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1.2,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1e3,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":\"1\",\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":null,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":true,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":[1],\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":9007199254740992,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":9223372036854775808,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":\"x\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":\"C\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":\"\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":null,\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":1,\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"\"}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":null}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":1}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"12345678901\"}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"x\",\"extra\":1}"
      })
  void wellFormedButWrongIsA422WithoutEffect(String body) throws Exception {
    HttpResponse<String> answer = post(1, body);

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(get(1).body()).contains("\"total\":0,", "\"ultimas_transacoes\":[]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"x\"",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"x\"}}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"x\",}",
        "{\"valor\":01,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":+1,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":NaN,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"valor\":1,\"tipo\":\"c\",\"descricao\":\"x\"}",
        "{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"\\ud83d\"}",
        "\ufeff{\"valor\":1,\"tipo\":\"c\",\"descricao\":\"x\"}"
      })
  void notJsonIsA400WithoutEffect(String body) throws Exception {
    assertThat(post(1, body).statusCode()).isEqualTo(400);
    assertThat(get(1).body()).contains("\"total\":0,", "\"ultimas_transacoes\":[]");
  }

  @ParameterizedTest
  @CsvSource({
    "1, x",
    "9007199254740991, 1234567890",
    "1, \ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00"
  })
  void theBoundsThemselvesAreGood(String amount, String description) throws Exception {
    assertThat(post(1, transaction(amount, "c", "\"" + description + "\"")).statusCode())
        .isEqualTo(200);
    assertThat(get(1).body()).contains("\"descricao\":\"" + description + "\"");
  }

  @Test
  void aBodyMayBe16KiBLong() throws Exception {
    String longest =
        transaction("9007199254740991", "c", "\"" + "\\ud83d\\ude00".repeat(10) + "\"");
    String padded = longest + " ".repeat((16 << 10) - longest.length());

    assertThat(post(1, padded).statusCode()).isEqualTo(200);
    assertThat(post(1, padded + " ").statusCode()).isEqualTo(413);
    assertThat(get(1).body()).contains("\"total\":9007199254740991,");
  }

  @Test
  void aDebitBelowTheLimitIsA422WithoutEffect() throws Exception {
    assertThat(post(1, transaction("100000", "d", "\"x\"")).statusCode()).isEqualTo(200);
    assertThat(post(1, transaction("1", "d", "\"x\"")).statusCode()).isEqualTo(422);
    assertThat(get(1).body()).contains("\"total\":-100000,");
  }

  @Test
  void aWrongMethodIsA405WithAllow() throws Exception {
    HttpResponse<String> answer = send(0, HttpRequest.newBuilder().GET(), "/clientes/1/transacoes");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("POST, OPTIONS");
    assertThat(send(0, HttpRequest.newBuilder().DELETE(), "/clientes/1/extrato").statusCode())
        .isEqualTo(405);
    assertThat(send(0, HttpRequest.newBuilder().GET(), "/clientes/1").statusCode()).isEqualTo(404);
  }

  @Test
  void twoHundredConcurrentDebitsNeverPassTheLimit() {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(postAsync(i % 2, 1, transaction("1000", "d", "\"x\""), Map.of()));
    }
    List<Integer> statuses = answers.stream().map(answer -> answer.join().statusCode()).toList();

    assertThat(statuses).filteredOn(status -> status == 200).hasSize(100);
    assertThat(statuses).filteredOn(status -> status == 422).hasSize(100);
  }

  @Test
  void aRepeatedKeyGetsTheFirstAnswerThroughTheOtherInstanceToo() throws Exception {
    Map<String, String> key = Map.of("Idempotency-Key", "k-1");
    String body = transaction("10", "c", "\"x\"");
    String first = postAsync(0, 1, body, key).join().body();
    post(1, transaction("5", "c", "\"y\""));

    assertThat(postAsync(1, 1, " " + body, key).join().body()).isEqualTo(first);
    assertThat(postAsync(1, 1, transaction("11", "c", "\"x\""), key).join().statusCode())
        .isEqualTo(422);
    assertThat(postAsync(1, 2, transaction("11", "c", "\"x\""), key).join().statusCode())
        .isEqualTo(200);
    assertThat(get(1).body()).contains("\"total\":15,");
  }

  @Test
  void concurrentDuplicatesOfAKeyHaveOneEffect() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String key = "key-" + i % 10;
      String body = transaction("1", "c", "\"" + i % 10 + "\"");
      answers.add(postAsync(i % 2, 1, body, Map.of("Idempotency-Key", key)));
    }
    List<String> bodies = answers.stream().map(answer -> answer.join().body()).toList();

    for (int i = 0; i < 100; i++) {
      assertThat(bodies.get(i)).isEqualTo(bodies.get(i % 10));
    }
    assertThat(get(1).body()).contains("\"total\":10,");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "12345678901234567890123456789012345678901234567890123456789012345"})
  void aMalformedKeyIsA400WithoutEffect(String key) throws Exception {
    Map<String, String> headers = Map.of("Idempotency-Key", key);
    assertThat(postAsync(0, 1, transaction("1", "c", "\"x\""), headers).join().statusCode())
        .isEqualTo(400);
    assertThat(get(1).body()).contains("\"total\":0,");
  }

  @Test
  void theAccountsOfTheFirstStartStay() {
    Bank later = Bank.open(database, new Accounts(Map.of(77L, 1L)), CLOCK);
    assertThat(later.limit(77)).isEmpty();
    assertThat(later.limit(1)).hasValue(100_000);
  }

  @Test
  void whatStorageRefusesIsA503OrA507() {
    assertThat(BankRoutes.problemOf(new DatabaseException.Busy("full")).orElseThrow())
        .satisfies(busy -> assertThat(busy.status()).isEqualTo(503))
        .satisfies(busy -> assertThat(busy.headers()).containsEntry("Retry-After", "1"));
    assertThat(
            BankRoutes.problemOf(new DatabaseException.OutOfSpace("full", null))
                .orElseThrow()
                .status())
        .isEqualTo(507);
    assertThat(BankRoutes.problemOf(new DatabaseException.OutcomeUnknown("?", null)).orElseThrow())
        .satisfies(unknown -> assertThat(unknown.status()).isEqualTo(503))
        .satisfies(unknown -> assertThat(unknown.detail()).contains("unknown"));
    assertThat(BankRoutes.problemOf(new IllegalStateException())).isEmpty();
  }

  @Test
  void aClosedDatabaseIsA503() throws Exception {
    post(1, transaction("1", "c", "\"x\""));
    database.close();
    assertThat(post(1, transaction("1", "c", "\"x\"")).statusCode()).isEqualTo(503);
    assertThat(post(2, transaction("1", "c", "\"x\"")).statusCode()).isEqualTo(503);
  }

  private static String transaction(String amount, String type, String description) {
    return "{\"valor\": %s, \"tipo\": \"%s\", \"descricao\": %s}"
        .formatted(amount, type, description);
  }

  private HttpResponse<String> get(int id) throws Exception {
    return send(1, HttpRequest.newBuilder().GET(), "/clientes/" + id + "/extrato");
  }

  private HttpResponse<String> post(int id, String body) throws Exception {
    return post(0, id, body);
  }

  private HttpResponse<String> post(int instance, int id, String body) throws Exception {
    return postAsync(instance, id, body, Map.of()).join();
  }

  private CompletableFuture<HttpResponse<String>> postAsync(
      int instance, int id, String body, Map<String, String> headers) {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(uri(instance, "/clientes/" + id + "/transacoes"))
            .POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    headers.forEach(post::header);
    return http.sendAsync(post.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> send(int instance, HttpRequest.Builder request, String path)
      throws Exception {
    return http.send(request.uri(uri(instance, path)).build(), BodyHandlers.ofString());
  }

  private URI uri(int instance, String path) {
    ListenAddress.Tcp address = (ListenAddress.Tcp) instances.get(instance).addresses().getFirst();
    return URI.create("http://" + address + path);
  }
}
