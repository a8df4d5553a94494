package dev.espora.people;

import dev.espora.http.JsonValue;
import dev.espora.http.JsonValue.JsonArray;
import dev.espora.http.JsonValue.JsonNull;
import dev.espora.http.JsonValue.JsonObject;
import dev.espora.http.JsonValue.JsonString;
import dev.espora.http.Problem;
import dev.espora.http.ProblemException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * People as JSON. What is of another type than it should be is answered 400, all else that is wrong
 * 422; types are looked at first.
 */
final class PersonJson {
  private static final Set<String> MEMBERS = Set.of("apelido", "nome", "nascimento", "stack");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

  private PersonJson() {}

  /**
   * Reads a person.
   *
   * @throws ProblemException if it is none
   */
  static Person read(JsonValue body) {
    if (!(body instanceof JsonObject(Map<String, JsonValue> members))) {
      throw problem(400, "the body is not an object");
    }
    Optional<String> nickname = text(members, "apelido");
    Optional<String> name = text(members, "nome");
    Optional<String> birth = text(members, "nascimento");
    List<JsonValue> stack = elements(members.get("stack"));
    if (!MEMBERS.containsAll(members.keySet())) {
      throw problem(422, "there are members beside apelido, nome, nascimento and stack");
    }
    return new Person(
        within("apelido", nickname, Person.MAX_NICKNAME),
        within("nome", name, Person.MAX_NAME),
        date(birth),
        stack(members.get("stack"), stack));
  }

  static void write(Registered registered, JsonGenerator json) {
    Person person = registered.person();
    json.writeStartObject();
    json.writeStringProperty("id", registered.id().toString());
    json.writeStringProperty("apelido", person.nickname());
    json.writeStringProperty("nome", person.name());
    json.writeStringProperty("nascimento", person.birth().toString());
    switch (person.stack()) {
      case Stack.Absent _ -> {}
      case Stack.Null _ -> json.writeNullProperty("stack");
      case Stack.Items(List<String> elements) -> {
        json.writeArrayPropertyStart("stack");
        elements.forEach(json::writeString);
        json.writeEndArray();
      }
    }
    json.writeEndObject();
  }

  // --- types, 400

  private static Optional<String> text(Map<String, JsonValue> members, String name) {
    return switch (members.get(name)) {
      case JsonString(String text) -> Optional.of(text);
      case JsonNull _ -> Optional.empty();
      case null -> Optional.empty();
      default -> throw problem(400, name + " is not a string");
    };
  }

  private static List<JsonValue> elements(@Nullable JsonValue stack) {
    List<JsonValue> elements =
        switch (stack) {
          case JsonArray(List<JsonValue> all) -> all;
          case JsonNull _ -> List.of();
          case null -> List.of();
          default -> throw problem(400, "stack is neither null nor a list");
        };
    for (JsonValue element : elements) {
      if (!(element instanceof JsonString || element instanceof JsonNull)) {
        throw problem(400, "an element of stack is not a string");
      }
    }
    return elements;
  }

  // --- values, 422

  private static String within(String name, Optional<String> text, int most) {
    return text.filter(value -> !value.isEmpty() && value.codePointCount(0, value.length()) <= most)
        .orElseThrow(() -> problem(422, name + " is a string of 1 to " + most + " characters"));
  }

  private static LocalDate date(Optional<String> text) {
    try {
      return text.filter(value -> DATE.matcher(value).matches())
          .map(LocalDate::parse)
          .filter(date -> date.getYear() > 0)
          .orElseThrow(() -> problem(422, "nascimento is a date AAAA-MM-DD"));
    } catch (DateTimeException e) {
      throw problem(422, "nascimento is not a day of the calendar");
    }
  }

  private static Stack stack(@Nullable JsonValue stack, List<JsonValue> elements) {
    if (stack == null) {
      return new Stack.Absent();
    }
    if (stack instanceof JsonNull) {
      return new Stack.Null();
    }
    List<String> names = new ArrayList<>(elements.size());
    for (JsonValue element : elements) {
      Optional<String> name =
          element instanceof JsonString(String text) ? Optional.of(text) : Optional.empty();
      names.add(within("an element of stack", name, Stack.MAX_ELEMENT));
    }
    return new Stack.Items(names);
  }

  private static ProblemException problem(int status, String detail) {
    return new ProblemException(Problem.of(status, detail));
  }
}
