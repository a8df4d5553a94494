package dev.espora.bench.search;

import dev.espora.people.Person;
import dev.espora.people.Stack;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * So many people, the same in every process: names as frequent as in life, a nickname of their own,
 * up to eight technologies and one that all have, and one in twenty with letters beyond ASCII.
 *
 * @param count at most {@link #MOST}
 */
public record People(int count) {

  /** As many as there are different numbers for nicknames. */
  public static final int MOST = 10_000_000;

  /** In everybody's stack. */
  static final String EVERYBODYS = "Sistemas";

  private static final long SEED = 2023;

  /** A prime beyond {@link #MOST}: multiplied and reduced by it, different numbers stay so. */
  private static final long PRIME = 10_000_019;

  private static final long FACTOR = 7_368_787;
  private static final int ACCENTED_ONE_IN = 20;
  private static final int WORDS = 8;
  private static final LocalDate OLDEST = LocalDate.of(1940, 1, 1);
  private static final int DAYS = 70 * 365;

  /**
   * One of them.
   *
   * @param number from 0
   */
  public Person person(int number) {
    RandomGenerator random = new SplittableRandom(SEED + number);
    boolean accented = random.nextInt(ACCENTED_ONE_IN) == 0;
    Names firsts = accented ? Names.FIRST_ACCENTED : Names.FIRST;
    Names lasts = accented ? Names.LAST_ACCENTED : Names.LAST;
    String first = firsts.choose(random);
    String last = lasts.choose(random);
    List<String> name = new ArrayList<>(List.of(first));
    if (random.nextInt(3) == 0) {
      name.add(Names.FIRST.choose(random));
    }
    if (random.nextInt(3) > 0) {
      name.add(Names.LAST.choose(random));
    }
    name.add(last);
    return new Person(
        nickname(first, last, number * FACTOR % PRIME, random),
        String.join(" ", name),
        OLDEST.plusDays(random.nextInt(DAYS)),
        stack(random));
  }

  private static String nickname(String first, String last, long own, RandomGenerator random) {
    String letters =
        switch (random.nextInt(4)) {
          case 0 -> first + "." + last;
          case 1 -> first + "_" + last;
          case 2 -> first.charAt(0) + last;
          default -> first;
        };
    return letters.toLowerCase(Locale.ROOT) + own;
  }

  private static Stack stack(RandomGenerator random) {
    List<String> words =
        Stream.generate(() -> Names.STACK.choose(random))
            .limit(random.nextInt(WORDS + 1))
            .distinct()
            .collect(Collectors.toCollection(ArrayList::new));
    words.add(EVERYBODYS);
    return new Stack.Items(words);
  }

  /** What a search looks at, in lower case, a line each: no term goes beyond a line. */
  static String text(Person person) {
    return (person.nickname() + "\n" + person.name() + "\n" + lines(person.stack()))
        .toLowerCase(Locale.ROOT);
  }

  static String lines(Stack stack) {
    return String.join("\n", stack.names());
  }
}
