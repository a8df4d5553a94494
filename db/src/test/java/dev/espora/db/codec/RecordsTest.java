package dev.espora.db.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which records can be stored, and what a later version of one makes of what an earlier wrote. */
class RecordsTest {
  enum Color {
    RED,
    GREEN
  }

  record Earlier(short grown, float finer, short most, String always, String renamed) {}

  record Later(
      int grown,
      double finer,
      long most,
      Optional<String> always,
      @Formerly("renamed") @Nullable String name,
      @Nullable String missing,
      Map<String, Integer> none,
      @OrElse("true") boolean flag,
      @OrElse("-7") byte small,
      @OrElse("-300") short number,
      @OrElse("70000") int count,
      @OrElse("7000000000") long amount,
      @OrElse("é") char letter,
      @OrElse("1.5") float ratio,
      @OrElse("-0.25") double precise,
      @OrElse("olá") String text,
      @OrElse("2024-01-17T02:34:41Z") Instant at,
      @OrElse("1961-03-01") LocalDate day,
      @OrElse("PT1S") Duration took,
      @OrElse("00000000-0000-0001-0000-000000000002") UUID id,
      @OrElse("GREEN") Color color) {}

  private static <T> Input encoded(Class<T> type, T value) {
    Output out = new Output(16);
    Codec.of(type).encode(value, out);
    return new Input(out.toByteArray());
  }

  @Test
  void whatAnEarlierRecordDidNotHaveIsWhatItsAnnotationSays() {
    Later later =
        Codec.of(Later.class)
            .decoder(Codec.of(Earlier.class).schema())
            .decode(
                encoded(
                    Earlier.class, new Earlier((short) -3, 0.5f, Short.MAX_VALUE, "yes", "Ana")));
    assertThat(later)
        .isEqualTo(
            new Later(
                -3,
                0.5,
                Short.MAX_VALUE,
                Optional.of("yes"),
                "Ana",
                null,
                Map.of(),
                true,
                (byte) -7,
                (short) -300,
                70_000,
                7_000_000_000L,
                'é',
                1.5f,
                -0.25,
                "olá",
                Instant.parse("2024-01-17T02:34:41Z"),
                LocalDate.of(1961, 3, 1),
                Duration.ofSeconds(1),
                new UUID(1, 2),
                Color.GREEN));
  }

  record Yes(@OrElse("yes") boolean value) {}

  record Large(@OrElse("300") byte value) {}

  record Letters(@OrElse("ab") char value) {}

  record Late(@OrElse("tomorrow") LocalDate value) {}

  record Blue(@OrElse("BLUE") Color value) {}

  record Bytes(@OrElse("00") byte[] value) {}

  record Several(@OrElse("a,b") List<String> value) {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        Yes.class,
        Large.class,
        Letters.class,
        Late.class,
        Blue.class,
        Bytes.class,
        Several.class
      })
  void aDefaultThatDoesNotFitIsRefusedByName(Class<?> type) {
    assertThatThrownBy(() -> Codec.of(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("@OrElse")
        .hasMessageContaining("component value of " + type.getName());
  }

  sealed interface NotOfRecords permits Plain {}

  static final class Plain implements NotOfRecords {}

  record Generic<T>(T value) {}

  record OfGeneric(Generic<String> value) {}

  record OfQueue(Queue<String> value) {}

  record OfArray(List<String>[] value) {}

  interface Open {}

  @ParameterizedTest
  @ValueSource(
      classes = {
        NotOfRecords.class,
        Generic.class,
        OfGeneric.class,
        OfQueue.class,
        OfArray.class,
        Open.class,
        List.class,
        int[].class
      })
  void aTypeThatCannotBeStoredIsRefused(Class<?> type) {
    assertThatThrownBy(() -> Codec.of(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be stored: use a record");
  }

  @Test
  void aRecordOfAPackageThatIsNotOpenIsRefusedWithTheWayOut() throws Exception {
    Class<?> closed = Class.forName("jdk.internal.constant.ModuleDescImpl");
    assertThatThrownBy(() -> Codec.of(closed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            closed.getName()
                + " cannot be stored: its package is closed; open it to dev.espora.db in"
                + " module-info");
  }

  record Wide(List<? extends Color> colors, Collection<String> names) {}

  @Test
  void anUpperBoundStandsForItsWildcard() {
    Wide wide = new Wide(List.of(Color.GREEN), List.of("a", "b"));
    Codec<Wide> codec = Codec.of(Wide.class);
    assertThat(codec.schema().toString()).isEqualTo("{colors:[(RED|GREEN)],names:[string]}");
    assertThat(codec.decoder(codec.schema()).decode(encoded(Wide.class, wide))).isEqualTo(wide);
  }

  enum Faded {
    RED
  }

  sealed interface Shape {
    record Circle(int radius) implements Shape {}

    record Square(int side) implements Shape {}
  }

  sealed interface Round {
    record Circle(int radius) implements Round {}
  }

  sealed interface Renamed {
    @Formerly("Circle")
    record Disc(long radius) implements Renamed {}

    record Square(int side) implements Renamed {}
  }

  record Named(String name) {}

  /** What was the name is the full name now, and the name is something else. */
  record Reused(@Formerly("name") String fullName, @OrElse("none") String name) {}

  @Test
  void aFormerNameMayBeGivenToAnotherComponent() {
    assertThat(reread(new Named("Ana"), Codec.of(Named.class), Codec.of(Reused.class)))
        .isEqualTo(new Reused("Ana", "none"));
    Reused now = new Reused("Ana Lima", "ana");
    assertThat(reread(now, Codec.of(Reused.class), Codec.of(Reused.class))).isEqualTo(now);
  }

  private static <T> T reread(Object value, Codec<?> writer, Codec<T> reader) {
    Output out = new Output(64);
    encode(writer, value, out);
    return reader.decoder(writer.schema()).decode(new Input(out.toByteArray()));
  }

  @SuppressWarnings("unchecked")
  private static <T> void encode(Codec<T> codec, Object value, Output out) {
    codec.encode((T) value, out);
  }

  sealed interface Opening {}

  interface Account {
    record Opened(String id) implements Opening {}
  }

  interface Card {
    record Opened(String id) implements Opening {}
  }

  @Test
  void variantsThatCannotBeToldApartAreRefused() {
    assertThatThrownBy(() -> Codec.of(Opening.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two of its variants have the same simple name");
  }

  @Test
  void aConstantOrVariantThatIsGoneIsRefusedByNameAndARenamedOneRead() {
    assertThatThrownBy(() -> Codec.of(Faded.class).decoder(Codec.of(Color.class).schema()))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("the constant GREEN, which is gone");
    assertThatThrownBy(() -> Codec.of(Round.class).decoder(Codec.of(Shape.class).schema()))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("the variant Square, which is gone");
    Renamed renamed =
        Codec.of(Renamed.class)
            .decoder(Codec.of(Shape.class).schema())
            .decode(encoded(Shape.class, new Shape.Circle(4)));
    assertThat(renamed).isEqualTo(new Renamed.Disc(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[int]", "{a:int}", "int", "<int,int>", "(A:{})"})
  void aSchemaOfAnotherFormIsRefused(String stored) {
    assertThatThrownBy(() -> Codec.of(Color.class).decoder(Schema.parse(stored)))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("is stored as " + stored);
    assertThatThrownBy(() -> Codec.of(String.class).decoder(Schema.parse(stored)))
        .isInstanceOf(IncompatibleException.class)
        .hasMessageContaining("is stored as " + stored);
  }

  @ParameterizedTest
  @ValueSource(strings = {"long", "string", "byte", "double"})
  void aNumberIsOnlyReadAsAWiderOne(String stored) {
    for (Class<?> type : List.of(int.class, float.class, boolean.class)) {
      assertThatThrownBy(() -> Codec.of(type).decoder(Schema.parse(stored)))
          .isInstanceOf(IncompatibleException.class);
    }
  }

  record Positive(int value) {
    Positive {
      if (value <= 0) {
        throw new IllegalArgumentException("not positive");
      }
    }
  }

  record Any(int value) {}

  @Test
  void aRecordThatRefusesWhatIsStoredIsMalformed() {
    Codec.Decoder<Positive> decoder =
        Codec.of(Positive.class).decoder(Codec.of(Any.class).schema());
    assertThatThrownBy(() -> decoder.decode(encoded(Any.class, new Any(-1))))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("not positive");
  }

  sealed interface Pet {
    record Cat(String name) implements Pet {}

    record Kitten(String name) implements Pet {}
  }

  sealed interface GrownPet {
    @Formerly("Kitten")
    record Cat(String name) implements GrownPet {}
  }

  @Test
  void twoVariantsMayBecomeOne() {
    Codec<GrownPet> now = Codec.of(GrownPet.class);
    Schema stored = Codec.of(Pet.class).schema();
    for (Pet pet : List.of(new Pet.Cat("Tom"), new Pet.Kitten("Tom"))) {
      assertThat(now.decoder(stored).decode(encoded(Pet.class, pet)))
          .isEqualTo(new GrownPet.Cat("Tom"));
    }
  }
}
