package dev.espora.db.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CodecTest {

  enum Color {
    RED,
    GREEN
  }

  sealed interface Event {
    record Opened(String owner) implements Event {}

    record Closed() implements Event {}
  }

  record Tree(int value, List<Tree> children) {}

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
      Instant at,
      LocalDate day,
      Duration took,
      UUID id,
      Color color,
      Event event,
      List<Event> events,
      Set<String> names,
      Map<String, Long> totals,
      Optional<String> note,
      @Nullable String nothing,
      Tree tree) {}

  private static Everything sample() {
    return new Everything(
        true,
        (byte) -7,
        (short) -300,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        'é',
        1.5f,
        -0.0,
        "olá 🐯 \u0000",
        Instant.parse("2024-01-17T02:34:41.217753Z"),
        LocalDate.of(1961, 3, 1),
        Duration.ofNanos(-1),
        new UUID(1, 2),
        Color.GREEN,
        new Event.Opened("Ana"),
        List.of(new Event.Closed(), new Event.Opened("")),
        Set.of("one"),
        Map.of("a", 1L, "b", -2L),
        Optional.of("note"),
        null,
        new Tree(1, List.of(new Tree(2, List.of()), new Tree(3, List.of(new Tree(4, List.of()))))));
  }

  private static <T> byte[] encode(Codec<T> codec, T value) {
    Output out = new Output(16);
    codec.encode(value, out);
    return out.toByteArray();
  }

  private static <T, U> U convert(Class<T> written, T value, Class<U> read) {
    Codec<T> writer = Codec.of(written);
    Schema stored = Schema.parse(writer.schema().toString());
    Input in = new Input(encode(writer, value));
    U result = Codec.of(read).decoder(stored).decode(in);
    assertThat(in.remaining()).isZero();
    return result;
  }

  @Test
  void everyTypeComesBackAsItWas() {
    assertThat(convert(Everything.class, sample(), Everything.class)).isEqualTo(sample());
  }

  @Test
  void schemasKeepNamesOfFieldsButNotOfClasses() {
    String schema = Codec.of(Everything.class).schema().toString();
    assertThat(schema)
        .contains("{flag:boolean,small:byte,")
        .contains("tree:{value:int,children:[^1]}");
    assertThat(schema).doesNotContain("CodecTest").doesNotContain("java");
    assertThat(Schema.parse(schema).toString()).isEqualTo(schema);
    assertThat(Schema.parse(schema).fingerprint()).isEqualTo(Schema.parse(schema).fingerprint());
  }

  record Person(String name, int age) {}

  record PersonLater(
      @Formerly("name") String fullName,
      long age,
      @OrElse("unknown") String city,
      @OrElse("RED") Color color,
      Optional<String> mail,
      List<String> tags) {}

  @Removed("age")
  record PersonWithoutAge(String name) {}

  record PersonNarrow(String name, short age) {}

  record PersonMore(String name, int age, String city) {}

  record PersonLess(String name) {}

  @Test
  void aLaterRecordReadsWhatAnEarlierOneWrote() {
    assertThat(convert(Person.class, new Person("Ana", 30), PersonLater.class))
        .isEqualTo(new PersonLater("Ana", 30, "unknown", Color.RED, Optional.empty(), List.of()));
    assertThat(convert(Person.class, new Person("Ana", 30), PersonWithoutAge.class))
        .isEqualTo(new PersonWithoutAge("Ana"));
  }

  @Test
  void anIncompatibleRecordIsRefusedWithTheFieldsName() {
    Schema stored = Codec.of(Person.class).schema();
    assertThatThrownBy(() -> Codec.of(PersonNarrow.class).decoder(stored))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("PersonNarrow.age");
    assertThatThrownBy(() -> Codec.of(PersonMore.class).decoder(stored))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("PersonMore.city")
        .hasMessageContaining("@OrElse");
    assertThatThrownBy(() -> Codec.of(PersonLess.class).decoder(stored))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("PersonLess.age")
        .hasMessageContaining("@Removed");
  }

  @Test
  void aNullComponentIsRefusedByName() {
    @SuppressWarnings("NullAway") // the mistake under test
    Person nameless = new Person(null, 1);
    assertThatThrownBy(() -> encode(Codec.of(Person.class), nameless))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Person.name");
  }

  @Test
  void anUnpairedSurrogateIsRefused() {
    assertThatThrownBy(() -> encode(Codec.of(String.class), "a\uD800b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surrogate");
  }

  record Unsupported(Object thing) {}

  @Test
  void aTypeThatCannotBeStoredIsNamed() {
    assertThatThrownBy(() -> Codec.of(Unsupported.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  void arbitraryBytesAreMalformedOrAValueAndTakeNoMemoryBeyondTheirLength() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Codec<Everything> codec = Codec.of(Everything.class);
    Codec.Decoder<Everything> decoder = codec.decoder(codec.schema());
    byte[] valid = encode(codec, sample());
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = valid.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        decoder.decode(new Input(bytes, 0, random.nextInt(bytes.length + 1)));
      } catch (MalformedException e) {
        // one of the two allowed outcomes
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + i, e);
      }
    }
  }
}
