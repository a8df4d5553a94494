package dev.espora.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What clients of the people registry send: people, good and bad, and pieces of them to search for.
 */
final class PeoplePayloads {
  private static final int NICKNAME_CHARACTERS = 32;
  private static final int NAME_CHARACTERS = 100;
  private static final int STACK_CHARACTERS = 32;

  /**
   * In the contest, 54,635 requests left some 47,000 people: so many of 100 are good; the others
   * are shared out evenly.
   */
  private static final int GOOD_PERCENT = 86;

  private static final List<String> FIRST_NAMES =
      List.of(
          "Maria",
          "José",
          "Ana",
          "João",
          "Antônio",
          "Francisco",
          "Carlos",
          "Paulo",
          "Pedro",
          "Lucas",
          "Luiz",
          "Marcos",
          "Luís",
          "Gabriel",
          "Rafael",
          "Márcia",
          "Adriana",
          "Juliana",
          "Letícia",
          "Júlia",
          "Zoë",
          "Åsa",
          "Søren",
          "Дмитрий",
          "Ελένη",
          "美咲");
  private static final List<String> LAST_NAMES =
      List.of(
          "Silva",
          "Santos",
          "Oliveira",
          "Souza",
          "Rodrigues",
          "Ferreira",
          "Alves",
          "Pereira",
          "Lima",
          "Gomes",
          "Conceição",
          "Araújo",
          "Gonçalves",
          "O'Neill",
          "Müller",
          "Núñez",
          "d'Ávila",
          "Иванов");
  private static final List<String> WORDS =
      List.of(
          "Java",
          "C#",
          "C++",
          "Node.js",
          "Postgres",
          "Go",
          "Rust",
          "Elixir",
          "Kotlin",
          "PHP",
          "Python",
          "Ruby",
          "\"R\"",
          "100% Bash",
          "Lua & C",
          "Visual Basic 6",
          "Común",
          "back\\slash",
          "🦀");

  /**
   * A body to send.
   *
   * @param status that the contract wants for it
   * @param person whom a good one creates
   */
  record Payload(String json, int status, Optional<Person> person) {

    private static Payload of(String json, int status) {
      return new Payload(json, status, Optional.empty());
    }
  }

  private final RandomGenerator random;

  PeoplePayloads(RandomGenerator random) {
    this.random = random;
  }

  /**
   * One payload, most often a good one.
   *
   * @param taken somebody who was acknowledged, if there is anybody yet
   */
  Payload next(Optional<Person> taken) {
    Person person = person();
    int percent = random.nextInt(100);
    if (percent < GOOD_PERCENT) {
      return new Payload(good(person), 201, Optional.of(person));
    }
    int fault = percent % 3;
    if (fault == 0 && taken.isPresent()) {
      Person again =
          new Person(taken.get().nickname(), person.name(), person.birth(), person.stack());
      return Payload.of(again.json(), 422);
    }
    return fault == 1
        ? Payload.of(pick(wrongTypes(person)), 400)
        : Payload.of(pick(wrongValues(person)), 422);
  }

  /** A piece of what a search looks at, in random case and without white space around it. */
  String piece(Person person) {
    int[] text = pick(person.texts()).codePoints().toArray();
    int start = random.nextInt(text.length);
    int length = Math.min(text.length - start, random.nextInt(1, 13));
    String piece = new String(text, start, length).strip();
    return randomCase(piece.isEmpty() ? person.nickname() : piece);
  }

  String randomCase(String text) {
    return text.codePoints()
        .map(c -> random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c))
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** A piece that is very likely in nobody, or a word that is in many. */
  String anyTerm() {
    return randomCase(random.nextBoolean() ? word(8, "bcdfghjklmnpqrstvwxz") : pick(WORDS));
  }

  private Person person() {
    String first = pick(FIRST_NAMES);
    // Twelve random characters, so that nicknames are unique and no search for a whole one finds
    // others.
    String nickname = first + "_" + word(12, "abcdefghijklmnopqrstuvwxyz0123456789");
    String name = first + " " + pick(LAST_NAMES) + " " + pick(LAST_NAMES);
    if (random.nextInt(20) == 0) {
      nickname += "🦜".repeat(NICKNAME_CHARACTERS - characters(nickname));
      name += "é".repeat(NAME_CHARACTERS - characters(name));
    }
    String birth =
        "%04d-%02d-%02d"
            .formatted(random.nextInt(1920, 2020), random.nextInt(1, 13), random.nextInt(1, 29));
    return new Person(nickname, name, birth, stack());
  }

  private Optional<List<String>> stack() {
    if (random.nextInt(4) == 0) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    for (int left = random.nextInt(9); left > 0; left--) {
      words.add(pick(WORDS));
    }
    if (random.nextInt(20) == 0) {
      words.add("ñ".repeat(STACK_CHARACTERS));
    }
    return Optional.of(words);
  }

  /** No stack is sent as null or left out. */
  private String good(Person person) {
    boolean leftOut = person.stack().isEmpty() && random.nextBoolean();
    return leftOut ? person.json().replace(",\"stack\":null}", "}") : person.json();
  }

  private static List<String> wrongValues(Person person) {
    String nickname = Json.quote(person.nickname());
    String name = Json.quote(person.name());
    String birth = Json.quote(person.birth());
    String stack = Person.array(person.stack());
    return List.of(
        Person.object("null", name, birth, stack),
        Person.object(nickname, "null", birth, stack),
        Person.object(nickname, name, "null", stack),
        "{\"nome\":%s,\"nascimento\":%s}".formatted(name, birth),
        "{\"apelido\":%s,\"nascimento\":%s}".formatted(nickname, birth),
        "{\"apelido\":%s,\"nome\":%s}".formatted(nickname, name),
        Person.object(Json.quote("ã".repeat(NICKNAME_CHARACTERS + 1)), name, birth, stack),
        Person.object(nickname, Json.quote("🦜".repeat(NAME_CHARACTERS + 1)), birth, stack),
        Person.object(nickname, name, "\"2023-02-30\"", stack),
        Person.object(nickname, name, "\"1900-02-29\"", stack),
        Person.object(nickname, name, "\"1999-13-01\"", stack),
        Person.object(
            nickname,
            name,
            birth,
            Person.array(List.of("Java", "ü".repeat(STACK_CHARACTERS + 1)))));
  }

  private static List<String> wrongTypes(Person person) {
    String nickname = Json.quote(person.nickname());
    String name = Json.quote(person.name());
    String birth = Json.quote(person.birth());
    return List.of(
        Person.object("1", name, birth, "null"),
        Person.object(nickname, "true", birth, "null"),
        Person.object(nickname, name, "20010101", "null"),
        Person.object(nickname, name, birth, "\"Java\""),
        Person.object(nickname, name, birth, "[1,\"PHP\"]"),
        Person.object(nickname, name, birth, "[]").substring(0, 40),
        "hello");
  }

  private String word(int length, String characters) {
    return IntStream.range(0, length)
        .mapToObj(_ -> characters.substring(random.nextInt(characters.length())).substring(0, 1))
        .collect(Collectors.joining());
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
