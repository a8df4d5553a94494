package dev.espora.people;

import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** People for tests. */
final class People {

  /** Few letters, so that most short terms match somebody, and some that case makes special. */
  private static final String[] LETTERS = {"a", "b", "B", "c", "é", "É", "ß", "İ", " ", "\0", "😀"};

  private People() {}

  static Person named(String nickname, String name, String... stack) {
    return new Person(nickname, name, LocalDate.of(2000, 2, 29), new Stack.Items(List.of(stack)));
  }

  static Person random(Random random, int number) {
    String[] stack =
        Stream.generate(() -> text(random, 5)).limit(random.nextInt(3)).toArray(String[]::new);
    return named(text(random, 4) + number, text(random, 12), stack);
  }

  static String text(Random random, int most) {
    int length = 1 + random.nextInt(most);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(LETTERS[random.nextInt(LETTERS.length)]);
    }
    return text.toString();
  }

  /** Somebody with some 16,000 trigrams that hardly anybody else has: thirty fill a segment. */
  static Person verbose(Random random, int number) {
    String[] stack =
        IntStream.range(0, 500)
            .mapToObj(_ ->
                random
                    .ints(Stack.MAX_ELEMENT, 0x4E00, 0x9FFF)
                    .collect(
                        StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString())
            .toArray(String[]::new);
    return named("verbose" + number, "Verbose", stack);
  }
}
