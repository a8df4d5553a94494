package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.espora.bench.load.PeoplePayloads.Payload;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PeoplePayloadsTest {
  private static final int MANY = 5_000;

  private final PeoplePayloads payloads = new PeoplePayloads(new Random(42));

  @Test
  void goodOnesAreWithinTheLimitsAndHaveNicknamesOfTheirOwn() {
    Set<String> nicknames = new HashSet<>();
    for (Payload payload : many().filter(each -> each.person().isPresent()).toList()) {
      Person person = payload.person().orElseThrow();
      assertThat(Person.of(Json.parse(payload.json()))).isEqualTo(person);
      assertThat(characters(person.nickname())).isBetween(1, 32);
      assertThat(characters(person.name())).isBetween(1, 100);
      assertThat(person.stack().orElse(List.of())).allMatch(word -> characters(word) <= 32);
      assertThat(nicknames.add(person.nickname())).isTrue();
    }
  }

  @Test
  void mostAreGoodAndSomeAreToBeRefusedInEitherWay() {
    Map<Integer, Long> counts =
        many().collect(Collectors.groupingBy(Payload::status, Collectors.counting()));

    assertThat(counts).containsOnlyKeys(201, 400, 422);
    assertThat(counts.get(201)).isBetween(MANY * 80L / 100, MANY * 92L / 100);
    assertThat(counts.get(400)).isGreaterThan(MANY / 50);
    assertThat(counts.get(422)).isGreaterThan(MANY / 50);
  }

  @Test
  void someTakeANicknameThatIsTaken() {
    Person taken = new Person("taken", "Somebody", "1985-09-23", Optional.empty());
    List<Payload> again =
        Stream.generate(() -> payloads.next(Optional.of(taken)))
            .limit(MANY)
            .filter(payload -> payload.json().contains("\"taken\""))
            .toList();

    assertThat(again).isNotEmpty().allMatch(payload -> payload.status() == 422);
  }

  @Test
  void whatIsOfTheWrongTypeIsNoPerson() {
    for (Payload payload : many().filter(each -> each.status() == 400).toList()) {
      assertThatIllegalArgumentException()
          .as(payload.json())
          .isThrownBy(() -> strict(Json.parse(payload.json())));
    }
  }

  /** A person whose stack has texts alone. */
  private static void strict(JsonNode json) {
    Person _ = Person.of(json);
    if (!json.path("stack").valueStream().allMatch(JsonNode::isTextual)) {
      throw new IllegalArgumentException("a stack of other things");
    }
  }

  @Test
  void aPieceIsInThePersonAndTheyAreFoundByIt() {
    for (Payload payload : many().filter(each -> each.person().isPresent()).toList()) {
      Person person = payload.person().orElseThrow();
      String piece = payloads.piece(person);
      assertThat(piece).isNotBlank();
      assertThat(person.contains(piece)).as("%s in %s", piece, person).isTrue();
    }
  }

  private Stream<Payload> many() {
    return Stream.generate(() -> payloads.next(Optional.empty())).limit(MANY);
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
