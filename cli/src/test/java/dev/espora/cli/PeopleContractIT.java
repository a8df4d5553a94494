package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All routes of the registry through the balancer, right and wrong input; what searches find:
 * {@link PeopleSearchIT}.
 */
class PeopleContractIT {
  private static final String BEAR = "\uD83D\uDC3B";
  private static final String NOBODY = "/pessoas/00000000-0000-8000-8000-000000000000";

  /** The members of somebody whom nothing is wrong with. */
  private static final Map<String, String> GOOD = new LinkedHashMap<>();

  static {
    GOOD.put("apelido", "\"recusado\"");
    GOOD.put("nome", "\"Ana Barbosa\"");
    GOOD.put("nascimento", "\"1985-09-23\"");
    GOOD.put("stack", "[\"C#\", \"Node\"]");
  }

  @TempDir static Path directory;
  private static Up up;
  private Client client;
  private Client other;

  @BeforeAll
  static void start() throws IOException {
    up = Up.start(Service.PEOPLE, directory, directory.resolve("data"), Espora.freePort());
  }

  @AfterAll
  static void stop() throws InterruptedException {
    try (Up ending = up) {
      assertThat(ending.stop()).isZero();
    }
  }

  /** Two connections in a row are of two instances. */
  @BeforeEach
  void connect() throws IOException {
    client = new Client(up.port());
    other = new Client(up.port());
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    other.close();
  }

  // --- creation

  @Test
  void creationAnswersWhereThePersonIs() throws IOException {
    long before = other.count();
    Answer answer = client.register(but("apelido: \"josé\""));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.location())
        .matches("/pessoas/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    String id = answer.location().substring("/pessoas/".length());

    Answer found = other.get(answer.location());
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.headers().get("content-type")).startsWith("application/json");
    assertThat(found.body())
        .isEqualTo(
            "{\"id\":\""
                + id
                + "\",\"apelido\":\"josé\",\"nome\":\"Ana Barbosa\","
                + "\"nascimento\":\"1985-09-23\",\"stack\":[\"C#\",\"Node\"]}");
    assertThat(other.get("/pessoas/" + id.toUpperCase(Locale.ROOT)).body()).isEqualTo(found.body());
    assertThat(other.count()).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ausente | stack | \"nascimento\":\"1985-09-23\"}",
        "nula | stack: null | \"stack\":null}",
        "vazia | stack: [] | \"stack\":[]}",
        "duas | stack: [\"b\", \"a\"] | \"stack\":[\"b\",\"a\"]}",
        "mesma | stack: [\"a\", \"a\"] | \"stack\":[\"a\",\"a\"]}"
      })
  void stackIsGivenBackAsItCame(String nickname, String stack, String end) throws IOException {
    Answer created = client.register(but("apelido: \"" + nickname + "\"", stack));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    assertThat(other.get(created.location()).body()).endsWith(end);
    assertThat(other.search(nickname).body()).endsWith(end + "]");
  }

  static Stream<String> bounds() {
    return Stream.of(
        "apelido: \"z\"",
        "apelido: \"" + "m".repeat(32) + "\"",
        "apelido: \"" + BEAR.repeat(32) + "\"",
        "nome: \"z\"",
        "nome: \"" + BEAR.repeat(100) + "\"",
        "nascimento: \"2024-02-29\"",
        "nascimento: \"0001-01-01\"",
        "nascimento: \"9999-12-31\"",
        "stack: [\"z\", \"" + BEAR.repeat(32) + "\"]",
        "nome: \"a \\\"b\\\" \\\\ \\u0041\"");
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void boundsThemselvesAreGood(String change) throws IOException {
    String nickname = "apelido: \"limite " + bounds().toList().indexOf(change) + "\"";
    Answer created = client.register(but(nickname, change));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    assertThat(other.get(created.location()).status()).isEqualTo(200);
  }

  static Stream<String> wrongValues() {
    Stream<String> texts =
        Stream.of("apelido", "nome", "nascimento")
            .flatMap(name -> Stream.of(name, name + ": null", name + ": \"\""));
    Stream<String> tooLong =
        Stream.of(
            "apelido: \"" + "m".repeat(33) + "\"",
            "apelido: \"" + BEAR.repeat(33) + "\"",
            "nome: \"" + "m".repeat(101) + "\"",
            "nome: \"" + BEAR.repeat(101) + "\"",
            "stack: [\"a\", \"" + "m".repeat(33) + "\"]",
            "stack: [\"" + BEAR.repeat(33) + "\"]");
    Stream<String> dates =
        Stream.of(
                "2023-02-29",
                "1900-02-29",
                "2023-04-31",
                "2023-13-01",
                "2023-00-10",
                "2023-01-00",
                "2023-01-32",
                "0000-01-01",
                "01/01/2000",
                "2000-1-1",
                "20000101",
                "-2000-01-01",
                "+12000-01-01",
                "12000-01-01",
                "2000-01-01T00:00:00Z",
                " 2000-01-01",
                "٢٠٠٠-٠١-٠١")
            .map(date -> "nascimento: \"" + date + "\"");
    Stream<String> others =
        Stream.of(
            "stack: [\"\"]",
            "stack: [null]",
            "stack: [\"a\", null]",
            "stack: [\"a\", \"\"]",
            "id: \"00000000-0000-8000-8000-000000000000\"");
    return Stream.of(texts, tooLong, dates, others).flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void wellFormedButWrongIs422(String change) throws IOException {
    assertRefused(client.register(but(change)), 422);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "apelido: 1",
        "apelido: true",
        "apelido: [\"recusado\"]",
        "apelido: {}",
        "nome: 1",
        "nome: false",
        "nome: []",
        "nome: {\"nome\": \"x\"}",
        "nascimento: 19850923",
        "nascimento: [1985, 9, 23]",
        "nascimento: {}",
        "nascimento: true",
        "stack: \"C#\"",
        "stack: 1",
        "stack: true",
        "stack: {}",
        "stack: [1]",
        "stack: [\"C#\", 1]",
        "stack: [true]",
        "stack: [[]]",
        "stack: [{}]"
      })
  void wrongTypeIs400(String change) throws IOException {
    assertRefused(client.register(but(change)), 400);
    assertRefused(client.register(but("apelido: null", "nome: \"\"", change)), 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{",
        "[]",
        "null",
        "5",
        "\"recusado\"",
        "[{\"apelido\": \"recusado\", \"nome\": \"x\", \"nascimento\": \"2000-01-31\"}]",
        "{\"apelido\": \"recusado\", \"nome\": \"x\", \"nascimento\": \"2000-01-31\"} x",
        "{\"apelido\": \"recusado\", \"nome\": \"x\", \"nascimento\": \"2000-01-31\",}",
        "{'apelido': 'recusado', 'nome': 'x', 'nascimento': '2000-01-31'}",
        "{\"apelido\": \"y\", \"apelido\": \"recusado\", \"nome\": \"x\", \"nascimento\": \"2000-01-31\"}",
        "{\"apelido\": \"recusado\", \"nome\": \"\\ud83d\", \"nascimento\": \"2000-01-31\"}",
        "apelido=recusado&nome=x&nascimento=2000-01-31"
      })
  void noJsonObjectIs400(String body) throws IOException {
    assertRefused(client.register(body), 400);
  }

  @Test
  void takenNicknameIs422ThroughEitherInstanceWhateverTheRest() throws IOException {
    Answer first = client.register(but("apelido: \"única\""));
    assertThat(first.status()).isEqualTo(201);
    String body = client.get(first.location()).body();
    for (Client each : List.of(client, other)) {
      assertRefused(each.register(but("apelido: \"única\"")), 422);
      assertRefused(
          each.register(but("apelido: \"\\u00fanica\"", "nome: \"Outra\"", "stack")), 422);
      assertThat(each.get(first.location()).body()).isEqualTo(body);
    }
    assertThat(client.register(but("apelido: \"Única\"")).status()).isEqualTo(201);
  }

  // --- reading

  @ParameterizedTest
  @ValueSource(
      strings = {
        NOBODY,
        "/pessoas/1",
        "/pessoas/ana",
        "/pessoas/00000000000080008000000000000000",
        "/pessoas/0-0-0-0-0",
        "/pessoas/00000000-0000-8000-8000-00000000000g",
        "/pessoas/",
        NOBODY + "/stack",
        "/pessoa",
        "/contagem",
        "/"
      })
  void whatIsNotThereIs404(String path) throws IOException {
    assertRefused(client.get(path), 404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/pessoas",
        "/pessoas?",
        "/pessoas?t",
        "/pessoas?t=",
        "/pessoas?T=a",
        "/pessoas?q=a"
      })
  void searchWithoutATermIs400(String path) throws IOException {
    assertRefused(client.get(path), 400);
  }

  @Test
  void countIsTextAndNoRefusalIsCounted() throws IOException {
    Answer before = client.get("/contagem-pessoas");
    assertThat(before.status()).isEqualTo(200);
    assertThat(before.headers().get("content-type")).startsWith("text/plain");
    assertThat(before.body()).matches("[0-9]+");
    for (int i = 1; i <= 5; i++) {
      assertThat(client.register(but("apelido: \"conta " + i + "\"")).status()).isEqualTo(201);
      assertThat(other.register(but("apelido: \"conta " + i + "\"")).status()).isEqualTo(422);
      assertThat(other.register(but("nome: \"\"")).status()).isEqualTo(422);
      assertThat(other.count()).isEqualTo(Long.parseLong(before.body()) + i);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /pessoas, POST",
    "DELETE, /pessoas, GET",
    "POST, " + NOBODY + ", GET",
    "DELETE, " + NOBODY + ", GET",
    "POST, /contagem-pessoas, GET",
    "PUT, /contagem-pessoas, GET"
  })
  void wrongMethodIs405AndSaysWhichIsRight(String wrong, String path, String right)
      throws IOException {
    Answer answer =
        client.raw(
            wrong + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    assertRefused(answer, 405);
    assertThat(answer.headers().get("allow")).contains(right).doesNotContain(wrong);
  }

  // --- searching

  @Test
  void firstFiftyAreFoundInTheOrderInWhichTheyRegistered() throws IOException {
    List<String> registered = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String nickname = "ordem-" + (i * 37 % 60);
      Client each = i % 2 == 0 ? client : other;
      assertThat(each.register(but("apelido: \"" + nickname + "\"")).status()).isEqualTo(201);
      registered.add(nickname);
    }
    assertThat(client.search("ordem-").texts("apelido")).isEqualTo(registered.subList(0, 50));
    assertThat(other.search("ORDEM-").texts("apelido")).isEqualTo(registered.subList(0, 50));
    assertThat(other.search("ordem-5").texts("apelido"))
        .isEqualTo(registered.stream().filter(nickname -> nickname.startsWith("ordem-5")).toList());
  }

  /** Refused as a problem document, without an effect, and the connection is as good as before. */
  private void assertRefused(Answer answer, int status) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
    assertThat(answer.body()).contains("\"status\":" + status);
    Answer search = client.search("recusado");
    assertThat(search.status()).isEqualTo(200);
    assertThat(search.body()).isEqualTo("[]");
  }

  /**
   * The good person with changes: {@code name: value} for another value, {@code name} alone to
   * leave a member out.
   */
  private static String but(String... changes) {
    Map<String, String> members = new LinkedHashMap<>(GOOD);
    for (String change : changes) {
      int colon = change.indexOf(':');
      if (colon < 0) {
        members.remove(change);
      } else {
        members.put(change.substring(0, colon), change.substring(colon + 1).strip());
      }
    }
    return members.entrySet().stream()
        .map(member -> "\"" + member.getKey() + "\": " + member.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
