package dev.espora.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

class SegmentTest {

  @Test
  void openOrSealedItNamesAllWhoContainATerm() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    OpenSegment open = new OpenSegment(OpenSegment.MOST_PEOPLE);
    List<Person> people = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      Person person = People.random(random, i);
      people.add(person);
      open.add(Registry.id(person.nickname()), person);
    }
    SealedSegment sealed = new SealedSegment(SealedSegment.encode(open));

    assertThat(sealed.people()).isEqualTo(open.people()).isEqualTo(3_000);
    for (int i = 0; i < 3_000; i++) {
      UUID id = Registry.id(people.get(i).nickname());
      assertThat(open.id(i)).isEqualTo(id);
      assertThat(sealed.id(i)).isEqualTo(id);
    }
    for (int i = 0; i < 500; i++) {
      Term term = Term.of(People.text(random, 6));
      int[] matching =
          IntStream.range(0, 3_000).filter(number -> term.isIn(people.get(number))).toArray();
      ImmutableRoaringBitmap candidates = open.candidates(term);
      assertThat(IntStream.of(matching).allMatch(candidates::contains))
          .as("seed %s, %s", seed, term)
          .isTrue();
      assertThat(sealed.candidates(term)).as("seed %s, %s", seed, term).isEqualTo(candidates);
    }
  }

  @Test
  void whatIsSealedStaysBelowTheLimitOfAValue() {
    Random random = new Random(1);
    OpenSegment open = new OpenSegment(OpenSegment.MOST_PEOPLE);
    int people = 0;
    while (!open.isFull()) {
      open.add(UUID.randomUUID(), People.verbose(random, people++));
    }
    assertThat(people).isBetween(20, 100);
    assertThat(SealedSegment.encode(open).length).isBetween(8 << 20, 15 << 20);
  }

  @Test
  void itIsFullAtItsMostPeople() {
    OpenSegment open = new OpenSegment(OpenSegment.MOST_PEOPLE);
    Person person = People.named("a", "b");
    for (int i = 0; i < 1 << 16; i++) {
      assertThat(open.isFull()).isFalse();
      open.add(new UUID(i, i), person);
    }
    assertThat(open.isFull()).isTrue();
    assertThat(new SealedSegment(SealedSegment.encode(open)).candidates(Term.of("b")).toArray())
        .hasSize(1 << 16);
  }
}
