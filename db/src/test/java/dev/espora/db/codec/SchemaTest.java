package dev.espora.db.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.codec.CodecTest.Color;
import dev.espora.db.codec.CodecTest.Event;
import dev.espora.db.codec.CodecTest.Tree;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form of a schema, and values that are read by it alone, without their classes. */
class SchemaTest {
  record Everything(
      boolean flag,
      byte small,
      short number,
      int count,
      long amount,
      char letter,
      float ratio,
      double precise,
      String text,
      byte[] bytes,
      Instant at,
      LocalDate day,
      Duration took,
      UUID id,
      Color color,
      List<Event> events,
      Map<String, Long> totals,
      Optional<String> note,
      Optional<String> nothing,
      Tree tree) {}

  private static <T> Input encoded(Class<T> type, T value) {
    Output out = new Output(16);
    Codec.of(type).encode(value, out);
    return new Input(out.toByteArray());
  }

  @Test
  void everyTypeIsReadByItsSchemaAlone() {
    Instant at = Instant.parse("2024-01-17T02:34:41.217753Z");
    Everything everything =
        new Everything(
            true,
            (byte) -7,
            (short) -300,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            'é',
            1.5f,
            -0.25,
            "olá",
            new byte[] {1, 2},
            at,
            LocalDate.of(1961, 3, 1),
            Duration.ofMillis(-1),
            new UUID(1, 2),
            Color.GREEN,
            List.of(new Event.Closed(), new Event.Opened("Ana")),
            Map.of("a", 1L),
            Optional.of("note"),
            Optional.empty(),
            new Tree(1, List.of(new Tree(2, List.of()))));
    Schema schema = Schema.parse(Codec.of(Everything.class).schema().toString());
    Input in = encoded(Everything.class, everything);
    Map<?, ?> read = (Map<?, ?>) SchemaReader.of(schema).decode(in);
    assertThat(in.remaining()).isZero();
    assertThat(read.remove("bytes")).isEqualTo(new byte[] {1, 2});
    assertThat(read.toString())
        .isEqualTo(
            "{flag=true, small=-7, number=-300, count=-2147483648, amount=9223372036854775807,"
                + " letter=é, ratio=1.5, precise=-0.25, text=olá, at="
                + at
                + ", day=1961-03-01, took=PT-0.001S, id=00000000-0000-0001-0000-000000000002,"
                + " color=GREEN, events=[{Closed={}}, {Opened={owner=Ana}}], totals=[[a, 1]],"
                + " note=Optional[note], nothing=Optional.empty, tree={value=1,"
                + " children=[{value=2, children=[]}]}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "strin",
        "[",
        "[int",
        "[int)",
        "<int>",
        "<int,long",
        "?",
        "{",
        "{a}",
        "{a:int",
        "{a:int;b:int}",
        "{:int}",
        "(",
        "()",
        "(A",
        "(A,B)",
        "(A:int,B:int)",
        "^",
        "^x",
        "'open",
        "int int"
      })
  void aTextThatIsNoSchemaIsMalformed(String text) {
    assertThatThrownBy(() -> Schema.parse(text)).isInstanceOf(MalformedException.class);
  }

  @Test
  void aSchemaThatIsNestedWithoutEndIsMalformed() {
    assertThatThrownBy(() -> Schema.parse("?".repeat(100_000)))
        .isInstanceOf(MalformedException.class);
    assertThat(Schema.parse("?".repeat(50) + "int").toString()).endsWith("??int");
  }

  @ParameterizedTest
  @ValueSource(strings = {"^0", "^1", "{a:^2}", "{a:^0}", "(A:{b:^3})"})
  void aSchemaThatRefersToNoLevelOfItsOwnIsMalformed(String text) {
    assertThatThrownBy(() -> SchemaReader.of(Schema.parse(text)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("a level outside of it");
  }

  @Test
  void valuesOfACodecWrittenByHandAreReadByNobodyElse() {
    assertThatThrownBy(() -> SchemaReader.of(Schema.parse("{a:'mine'}")))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("'mine'");
  }

  @Test
  void bytesThatStandForNoValueAreMalformed() {
    Output tooLate = new Output(16);
    tooLate.writeSigned(Long.MAX_VALUE);
    tooLate.writeUnsigned(0);
    byte[] never = tooLate.toByteArray();
    for (Map.Entry<String, byte[]> each :
        Map.of(
                "(A|B)", new byte[] {2},
                "(A:{}|B:{})", new byte[] {7, 0},
                "instant", never,
                "date", never,
                "[int]", new byte[] {3, 0},
                "string", new byte[] {2, 'x'},
                "{}", new byte[0])
            .entrySet()) {
      assertThatThrownBy(
              () -> SchemaReader.of(Schema.parse(each.getKey())).decode(new Input(each.getValue())))
          .as(each.getKey())
          .isInstanceOf(MalformedException.class);
    }
  }

  @Test
  void valuesThatAreNestedDeeperThanTheStackAreMalformed() {
    byte[] nested = new byte[4_000_000];
    java.util.Arrays.fill(nested, (byte) 1);
    assertThatThrownBy(() -> SchemaReader.of(Schema.parse("{next:?^1}")).decode(new Input(nested)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("nested too deeply");
  }

  @Test
  void anUnpairedSurrogateIsRefusedWhereverItStands() {
    Output out = new Output(16);
    for (String wrong : List.of("\uD800", "é\uDC00", "é\uD800\uD800", "x\uD83D")) {
      assertThatThrownBy(() -> out.writeString(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unpaired surrogate");
    }
    assertThat(out.size()).isZero();
  }

  @Test
  void anOutputIsOnlyTruncatedToWhatItHolds() {
    Output out = new Output(16);
    out.writeString("one");
    assertThatThrownBy(() -> out.truncate(5)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> out.truncate(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    out.truncate(0);
    assertThat(out.toByteArray()).isEmpty();
  }
}
