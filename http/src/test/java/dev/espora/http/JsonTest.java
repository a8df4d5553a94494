package dev.espora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.http.JsonValue.JsonArray;
import dev.espora.http.JsonValue.JsonBoolean;
import dev.espora.http.JsonValue.JsonInteger;
import dev.espora.http.JsonValue.JsonNull;
import dev.espora.http.JsonValue.JsonNumber;
import dev.espora.http.JsonValue.JsonObject;
import dev.espora.http.JsonValue.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void readsEveryKindOfValue() {
    assertThat(
            read(
                " {\"a\":[1,-2,true,false,null,\"\\u00e9\ud83d\ude00\"],\"\":{},"
                    + "\"n\":[1.0,1e3,9223372036854775808,-0]} \n"))
        .isEqualTo(
            new JsonObject(
                Map.of(
                    "a",
                    new JsonArray(
                        List.of(
                            new JsonInteger(1),
                            new JsonInteger(-2),
                            new JsonBoolean(true),
                            new JsonBoolean(false),
                            new JsonNull(),
                            new JsonString("\u00e9\ud83d\ude00"))),
                    "",
                    new JsonObject(Map.of()),
                    "n",
                    new JsonArray(
                        List.of(
                            new JsonNumber("1.0"),
                            new JsonNumber("1e3"),
                            new JsonNumber("9223372036854775808"),
                            new JsonInteger(0))))));
  }

  @Test
  void countsCodePoints() {
    assertThat(new JsonString("\u00e9\ud83d\ude00").codePoints()).isEqualTo(2);
    assertThat(read("\"\\ud83d\\ude00\"")).isEqualTo(new JsonString("\ud83d\ude00"));
  }

  @Test
  void longNumbersAndStringsAreJson() {
    assertThat(read("9".repeat(60_000))).isEqualTo(new JsonNumber("9".repeat(60_000)));
    assertThat(read("1e999999999")).isEqualTo(new JsonNumber("1e999999999"));
    assertThat(read("\"" + "a".repeat(60_000) + "\""))
        .isEqualTo(new JsonString("a".repeat(60_000)));
  }

  /** A name that is kept is the same object when it comes again. */
  @Test
  void namesAreForgottenWithTheValueThatHadThem() {
    for (int length : new int[] {1, 60_000}) {
      String object = "{\"" + "a".repeat(length) + "\":1}";
      assertThat(firstName(object)).isEqualTo(firstName(object)).isNotSameAs(firstName(object));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"o\":{\"a\":1,\"a\":1}}",
        "1 2",
        "{}{}",
        "{}x",
        "{}\u0000",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "0x10",
        "1_0",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "True",
        "undefined",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"a\u0001\"",
        "\"a\nb\"",
        "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "\"\\ud83da\"",
        "{\"\\ud83d\":1}",
        "// c\n1",
        "/* c */1",
        "# c\n1",
        "\ufeff{}",
        "\ud83d\ude00"
      })
  void whatIsNotStrictJsonIsA400(String text) {
    assertNotJson(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsNotUtf8IsA400() {
    assertNotJson("{}".getBytes(StandardCharsets.UTF_16BE));
    assertNotJson("{}".getBytes(StandardCharsets.UTF_16LE));
    assertNotJson(new byte[] {'"', (byte) 0xff, '"'});
    assertNotJson(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'});
    assertNotJson(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0xbd, '"'});
    assertNotJson(new byte[] {'"', (byte) 0xe2, (byte) 0x82, '"'});
  }

  @Test
  void depthIsBounded() {
    int most = Json.MAX_DEPTH;
    assertThat(read("[".repeat(most) + "]".repeat(most))).isInstanceOf(JsonArray.class);
    assertNotJson(("[".repeat(most + 1) + "]".repeat(most + 1)).getBytes(StandardCharsets.UTF_8));
    assertNotJson("[".repeat(10_000).getBytes(StandardCharsets.UTF_8));
    assertNotJson("{\"a\":".repeat(10_000).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anyBytesAreEitherReadOrA400() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] pool =
        "{}[]\",:0123456789.eE+-\\utrfalsn \u00e9\ud83d\ude00".getBytes(StandardCharsets.UTF_8);
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = new byte[random.nextInt(1, 24)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = pool[random.nextInt(pool.length)];
      }
      try {
        assertThat(Json.read(bytes)).as("seed %d", seed).isNotNull();
      } catch (ProblemException e) {
        assertThat(e.problem().toResponse().status()).as("seed %d", seed).isEqualTo(400);
      }
    }
  }

  private static String firstName(String text) {
    return ((JsonObject) read(text)).members().keySet().iterator().next();
  }

  private static JsonValue read(String text) {
    return Json.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertNotJson(byte[] bytes) {
    assertThatThrownBy(() -> Json.read(bytes))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(400);
              assertThat(e.problem().toResponse().body()).isNotEmpty();
            });
  }
}
