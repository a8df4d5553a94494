package dev.espora.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.people.Person;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermsTest {
  private static final People PEOPLE = new People(3_000);

  @Test
  void nicknamesAreUniqueAndOneInTwentyPeopleHasLettersBeyondAscii() {
    List<Person> all = IntStream.range(0, PEOPLE.count()).mapToObj(PEOPLE::person).toList();

    assertThat(all.stream().map(Person::nickname).distinct()).hasSize(PEOPLE.count());
    assertThat(all.stream().filter(person -> !person.name().matches("[A-Za-z ]+")).count())
        .isBetween(100L, 200L);
  }

  @Test
  void everyKindHasTermsWhoseMatchesAreOfThatKind() {
    Terms terms = Terms.of(PEOPLE);

    assertThat(Terms.Kind.values()).allSatisfy(kind -> assertThat(terms.of(kind)).isNotEmpty());
    assertThat(terms.all())
        .allSatisfy(term -> {
          assertThat(term.matches()).isEqualTo(counted(term.text()));
          assertThat(term.kind().includes(term.matches(), PEOPLE.count())).isTrue();
        });
  }

  @Test
  void anotherProcessReadsTheSameTerms(@TempDir Path directory) {
    Terms terms = Terms.of(PEOPLE);
    terms.write(directory.resolve("terms"));

    assertThat(Terms.read(directory.resolve("terms"))).isEqualTo(terms);
  }

  private static long counted(String term) {
    return IntStream.range(0, PEOPLE.count())
        .mapToObj(PEOPLE::person)
        .filter(person ->
            contains(person.nickname(), term)
                || contains(person.name(), term)
                || person.stack().names().stream().anyMatch(name -> contains(name, term)))
        .count();
  }

  private static boolean contains(String text, String term) {
    return text.toLowerCase(Locale.ROOT).contains(term.toLowerCase(Locale.ROOT));
  }
}
