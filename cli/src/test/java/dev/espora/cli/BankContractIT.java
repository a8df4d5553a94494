package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both routes through the balancer, right and wrong input. */
class BankContractIT {
  @TempDir static Path directory;
  private static Up up;
  private Client client;

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

  @BeforeEach
  void connect() throws IOException {
    client = new Client(up.port());
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
  }

  @Test
  void transactionAnswersLimitAndBalance() throws IOException {
    long before = client.statement(1).number("total");
    Answer answer = client.transaction(1, 9098, 'd', "descricao");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("content-type")).startsWith("application/json");
    assertThat(answer.body().replace(" ", ""))
        .isEqualTo("{\"limite\":100000,\"saldo\":" + (before - 9098) + "}");
  }

  @Test
  void statementListsTheNewestTenFirst() throws IOException {
    for (int i = 1; i <= 12; i++) {
      assertThat(client.transaction(2, i, 'c', "n" + i).status()).isEqualTo(200);
    }
    Answer statement = client.statement(2);
    assertThat(statement.status()).isEqualTo(200);
    String body = statement.body().replaceAll("\\s", "");
    assertThat(body)
        .matches(
            "\\{\"saldo\":\\{\"total\":78,\"data_extrato\":\"[^\"]+Z\",\"limite\":80000},"
                + "\"ultimas_transacoes\":\\[(\\{\"valor\":\\d+,\"tipo\":\"[cd]\",\"descricao\":\"[^\"]+\","
                + "\"realizada_em\":\"[^\"]+Z\"},?){10}]}");
    assertThat(body.split("\"descricao\":\"", -1))
        .hasSize(11)
        .satisfies(parts -> assertThat(parts[1]).startsWith("n12\""))
        .satisfies(parts -> assertThat(parts[10]).startsWith("n3\""));
    String date = body.replaceAll(".*\"data_extrato\":\"([^\"]+)\".*", "$1");
    assertThat(Instant.parse(date))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
  }

  @Test
  void limitsAreTheContests() throws IOException {
    assertThat(client.statement(3).number("limite")).isEqualTo(1_000_000);
    assertThat(client.statement(4).number("limite")).isEqualTo(10_000_000);
    assertThat(client.statement(5).number("limite")).isEqualTo(500_000);
  }

  @Test
  void debitBelowTheLimitHasNoEffect() throws IOException {
    long before = client.statement(5).number("total");
    assertThat(client.transaction(5, 500_000 + before + 1, 'd', "toomuch").status()).isEqualTo(422);
    assertThat(client.statement(5).number("total")).isEqualTo(before);
    assertThat(client.statement(5).body()).doesNotContain("toomuch");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"valor\": 1.5, \"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"valor\": 0, \"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"valor\": -1, \"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"valor\": 9007199254740992, \"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"valor\": \"1\", \"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"valor\": null, \"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"tipo\": \"c\", \"descricao\": \"d\"}",
        "{\"valor\": 1, \"tipo\": \"x\", \"descricao\": \"d\"}",
        "{\"valor\": 1, \"tipo\": \"C\", \"descricao\": \"d\"}",
        "{\"valor\": 1, \"descricao\": \"d\"}",
        "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"\"}",
        "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"12345678901\"}",
        "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": null}",
        "{\"valor\": 1, \"tipo\": \"c\"}",
        "{}"
      })
  void wellFormedButWrongIs422(String body) throws IOException {
    assertRefused(client.post("/clientes/3/transacoes", body), 422);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "valor=1",
        "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"d\"} x",
        "{'valor': 1}"
      })
  void notJsonIs400(String body) throws IOException {
    assertRefused(client.post("/clientes/3/transacoes", body), 400);
  }

  @ParameterizedTest
  @CsvSource({"6", "0", "-1", "x", "1.0", "99999999999999999999"})
  void unknownAccountIs404(String id) throws IOException {
    String body = "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"d\"}";
    assertRefused(client.get("/clientes/" + id + "/extrato"), 404);
    assertRefused(client.post("/clientes/" + id + "/transacoes", body), 404);
  }

  @Test
  void wrongMethodIs405AndSaysWhichIsRight() throws IOException {
    Answer answer = client.get("/clientes/1/transacoes");
    assertRefused(answer, 405);
    assertThat(answer.headers().get("allow")).contains("POST").doesNotContain("GET");
  }

  @Test
  void descriptionsCountCodePoints() throws IOException {
    String tenOutsideTheBasicPlane = "\uD83D\uDC3B".repeat(10);
    assertThat(client.transaction(4, 1, 'c', tenOutsideTheBasicPlane).status()).isEqualTo(200);
    assertThat(client.statement(4).body()).contains(tenOutsideTheBasicPlane);
  }

  @Test
  void repeatedKeyHasOneEffectThroughEitherInstance() throws IOException {
    long before = client.statement(4).number("total");
    Answer first = client.transaction(4, 7, 'c', "once", "Idempotency-Key: key-1");
    assertThat(first.status()).isEqualTo(200);
    for (int i = 0; i < 4; i++) {
      try (Client other = new Client(up.port())) {
        Answer again = other.transaction(4, 7, 'c', "once", "Idempotency-Key: key-1");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
      }
    }
    assertThat(client.statement(4).number("total")).isEqualTo(before + 7);
    assertRefused(client.transaction(4, 8, 'c', "once", "Idempotency-Key: key-1"), 422);
  }

  /** A refusal is a problem document, and the connection is as good as before. */
  private void assertRefused(Answer answer, int status) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status);
    assertThat(client.statement(1).status()).isEqualTo(200);
  }
}
