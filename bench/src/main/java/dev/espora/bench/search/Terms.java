package dev.espora.bench.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is searched for. How many people have each term was counted by looking at all of them. */
public record Terms(List<Term> all) {
  private static final long SEED = 42;

  /** Of each kind; half of them or more usually turn out to be of it. */
  private static final int CANDIDATES = 48;

  private static final int KEPT = 16;

  /**
   * One of them.
   *
   * @param matches people who have it
   */
  public record Term(Kind kind, String text, long matches) {

    /** How many of them a search gives. */
    public int found() {
      return (int) Math.min(matches, PeopleSearch.MOST);
    }
  }

  /** Kinds of terms, by how many people have them, or by their length. */
  public enum Kind {
    SELECTIVE("1 to 50 people"),
    MEDIUM("about 1 %"),
    EVERYBODY("everybody"),
    NOBODY("nobody"),
    TWO("two characters"),
    ONE("one character");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    boolean includes(long matches, int people) {
      return switch (this) {
        case SELECTIVE -> matches >= 1 && matches <= 50;
        case MEDIUM -> matches >= 0.005 * people && matches <= 0.02 * people;
        case EVERYBODY -> matches == people;
        case NOBODY -> matches == 0;
        case TWO, ONE -> matches >= 1;
      };
    }

    /** As in the tables. */
    @Override
    public String toString() {
      return label;
    }
  }

  public Terms {
    all = List.copyOf(all);
  }

  /** Finds terms of every kind; of a kind that these people do not have there are none. */
  public static Terms of(People people) {
    List<Term> candidates = candidates(people);
    List<String> lower =
        candidates.stream().map(term -> term.text().toLowerCase(Locale.ROOT)).toList();
    List<LongAdder> matches = lower.stream().map(_ -> new LongAdder()).toList();
    IntStream.range(0, people.count())
        .parallel()
        .mapToObj(number -> People.text(people.person(number)))
        .forEach(text -> count(text, lower, matches));
    List<Term> terms = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      IntStream.range(0, candidates.size())
          .filter(i -> candidates.get(i).kind() == kind)
          .filter(i -> kind.includes(matches.get(i).sum(), people.count()))
          .limit(KEPT)
          .mapToObj(i -> new Term(kind, candidates.get(i).text(), matches.get(i).sum()))
          .forEach(terms::add);
    }
    return new Terms(terms);
  }

  public List<Term> of(Kind kind) {
    return all.stream().filter(term -> term.kind() == kind).toList();
  }

  /** For other processes. */
  public void write(Path file) {
    try {
      Files.write(
          file,
          all.stream()
              .map(term -> term.kind().name() + "\t" + term.matches() + "\t" + term.text())
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Terms read(Path file) {
    try {
      return new Terms(Files.readAllLines(file).stream().map(Terms::term).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Term term(String line) {
    String[] parts = line.split("\t", -1);
    return new Term(Kind.valueOf(parts[0]), parts[2], Long.parseLong(parts[1]));
  }

  private static void count(String text, List<String> terms, List<LongAdder> matches) {
    for (int i = 0; i < terms.size(); i++) {
      if (text.contains(terms.get(i))) {
        matches.get(i).increment();
      }
    }
  }

  private static List<Term> candidates(People people) {
    RandomGenerator random = new SplittableRandom(SEED);
    List<Term> candidates = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      IntStream.range(0, CANDIDATES)
          .mapToObj(_ -> candidate(kind, people, random))
          .distinct()
          .map(text -> new Term(kind, text, 0))
          .forEach(candidates::add);
    }
    return candidates;
  }

  private static String candidate(Kind kind, People people, RandomGenerator random) {
    String nickname = people.person(random.nextInt(people.count())).nickname();
    String name = people.person(random.nextInt(people.count())).name();
    return switch (kind) {
      case SELECTIVE -> anyCase(nickname.substring(nickname.length() / 3), random);
      case MEDIUM ->
          anyCase(
              switch (random.nextInt(3)) {
                case 0 -> word(random);
                case 1 -> piece(name, random.nextInt(4, 7), random);
                default -> piece(nickname, 3, random);
              },
              random);
      case EVERYBODY -> anyCase(piece(People.EVERYBODYS, random.nextInt(3, 9), random), random);
      // Of two names, so that each half is known; or of nothing.
      case NOBODY ->
          random.nextBoolean()
              ? piece(nickname, 3, random) + piece(name, 4, random)
              : consonants(random);
      case TWO -> anyCase(piece(name, 2, random), random);
      case ONE -> anyCase(piece(nickname, 1, random), random);
    };
  }

  private static String word(RandomGenerator random) {
    List<String> words = pick(Names.EVERY, random).all();
    return pick(words, random);
  }

  private static <T> T pick(List<T> list, RandomGenerator random) {
    return list.get(random.nextInt(list.size()));
  }

  private static String piece(String text, int length, RandomGenerator random) {
    int most = Math.min(length, text.length());
    int start = random.nextInt(text.length() - most + 1);
    return text.substring(start, start + most);
  }

  private static String consonants(RandomGenerator random) {
    return random
        .ints(7, 0, 10)
        .mapToObj(i -> "bcdfgjkqxz".substring(i, i + 1))
        .collect(Collectors.joining());
  }

  private static String anyCase(String text, RandomGenerator random) {
    return text.codePoints()
        .map(c -> random.nextBoolean() ? Character.toUpperCase(c) : c)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
