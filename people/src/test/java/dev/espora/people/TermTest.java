package dev.espora.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermTest {

  @ParameterizedTest
  @CsvSource({
    "ana, Ana Maria",
    "MARIA, Ana Maria",
    "É, josé",
    "josÉ, JOSé",
    "ς, ΣΑΣ",
    "i, İ",
    "😀, a😀b",
    "%, 100%"
  })
  void caseMakesNoDifference(String term, String name) {
    assertThat(Term.of(term).isIn(People.named("x", name))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"e, é", "ss, ß", "anamaria, Ana Maria", "_, a", "%, a", ".*, a"})
  void whatIsNotThereIsNotFound(String term, String name) {
    assertThat(Term.of(term).isIn(People.named("x", name))).isFalse();
  }

  @Test
  void fieldsAreSearchedOneByOne() {
    Person person = People.named("ab", "cd", "ef", "gh");
    for (String found : new String[] {"ab", "cd", "ef", "gh"}) {
      assertThat(Term.of(found).isIn(person)).isTrue();
    }
    for (String across : new String[] {"bc", "de", "fg", "ha"}) {
      assertThat(Term.of(across).isIn(person)).isFalse();
    }
  }

  @Test
  void aPersonWhoseTextContainsATermHasItsTrigrams() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      Person person = People.random(random, i);
      Term term = Term.of(People.text(random, 5));
      if (term.isIn(person)) {
        Set<Long> trigrams = new HashSet<>();
        Term.eachTrigram(person, trigrams::add);
        if (term.isShort()) {
          assertThat(trigrams)
              .as("seed %s", seed)
              .anyMatch(trigram -> trigram >= term.lowest() && trigram < term.beyond());
        } else {
          assertThat(trigrams)
              .as("seed %s", seed)
              .containsAll(LongStream.of(term.trigrams()).boxed().toList());
        }
      }
    }
  }
}
