package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a search finds, through both instances. */
class PeopleSearchIT {
  private static final String BEAR = "\uD83D\uDC3B";
  private static final String ONE =
      "{\"apelido\": \"Wölfgang~7\", \"nome\": \"Xaver Ärlig Ångström\", \"nascimento\": \"1985-09-23\","
          + " \"stack\": [\"Perl%5\", \"a_b\", \"c\\\\d\", \"e\\\"f\", \"ЖЩ"
          + BEAR
          + "\"]}";
  private static final String TWO =
      "{\"apelido\": \"perlx5\", \"nome\": \"aXb cd ef wolfgang\", \"nascimento\": \"1985-09-24\"}";

  @TempDir static Path directory;
  private static Up up;
  private static String one;
  private Client client;
  private Client other;

  @BeforeAll
  static void start() throws IOException {
    up = Up.start(Service.PEOPLE, directory, directory.resolve("data"), Espora.freePort());
    try (Client client = new Client(up.port())) {
      one = client.get(client.register(ONE).location()).body();
      assertThat(client.register(TWO).status()).isEqualTo(201);
    }
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

  static List<String> termsOfOne() {
    return List.of(
        // of one, two, three and more characters
        "~",
        "7",
        "ж",
        BEAR,
        "~7",
        "G~",
        "щ" + BEAR,
        "g~7",
        "ver",
        "Wölfgang~7",
        // whatever the case
        "wölfgang~7",
        "WÖLFGANG~7",
        "xAVER äRLIG åNGSTRÖM",
        "PERL%5",
        "Жщ",
        "жЩ" + BEAR,
        // in the middle and at the end of each field, spaces and all
        "ölf",
        "ver Är",
        "r ä",
        "ström",
        "жщ" + BEAR,
        // what elsewhere is a pattern is itself
        "%",
        "l%5",
        "_",
        "a_",
        "a_b",
        "\\",
        "c\\d",
        "\\d",
        "\"",
        "e\"",
        "e\"f");
  }

  @ParameterizedTest
  @MethodSource("termsOfOne")
  void termIsFoundInEveryField(String term) throws IOException {
    for (Client each : List.of(client, other)) {
      Answer found = each.search(term);
      assertThat(found.status()).isEqualTo(200);
      assertThat(found.headers().get("content-type")).startsWith("application/json");
      assertThat(found.body()).isEqualTo("[" + one + "]");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody",
        "%%",
        "p%5",
        "perl_5",
        "Perl%55",
        "w%g",
        "_b_",
        "a%b",
        "c\\\\d",
        "wölfgang~7xaver",
        "~7Xaver",
        "Perl%5a_b",
        "Ångström ",
        "1985-09-23",
        "apelido",
        "wölfgang.*",
        "[a-z]",
        "é",
        "ж ",
        "\uD83D\uDC3C"
      })
  void whatNoFieldContainsIsNotFound(String term) throws IOException {
    for (Client each : List.of(client, other)) {
      Answer found = each.search(term);
      assertThat(found.status()).isEqualTo(200);
      assertThat(found.body()).isEqualTo("[]");
    }
  }

  @Test
  void everyoneWhoHasTheTermIsFoundInTheOrderOfRegistration() throws IOException {
    for (String term : List.of("perl", "L", "ng", "5")) {
      assertThat(client.search(term).texts("apelido")).containsExactly("Wölfgang~7", "perlx5");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t=W%C3%B6lf",
        "t=w%c3%b6LF",
        "t=Xaver+%C3%84rlig",
        "t=xaver%20%C3%A4rlig",
        "t=%7E%37",
        "t=Perl%255",
        "t=c%5Cd",
        "t=e%22f",
        "x=1&t=~7&y=2",
        "%74=~7"
      })
  void queriesAreDecoded(String query) throws IOException {
    assertThat(client.get("/pessoas?" + query).body()).isEqualTo("[" + one + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t=%zz", "t=%4", "t=%C3", "t=%00", "t=a&t=b", "t=\u00e4"})
  void queriesThatCannotBeDecodedAre400(String query) throws IOException {
    assertThat(client.get("/pessoas?" + query).status()).isEqualTo(400);
  }

  @Test
  void termLongerThanAnyFieldIsNotFound() throws IOException {
    assertThat(client.search("Wölfgang~7".repeat(50)).body()).isEqualTo("[]");
  }
}
