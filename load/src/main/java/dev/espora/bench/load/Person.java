package dev.espora.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A person as sent, or as answered. */
record Person(String nickname, String name, String birth, Optional<List<String>> stack) {

  Person {
    stack = stack.map(List::copyOf);
  }

  /**
   * Where there is no stack it may be null or missing.
   *
   * @throws IllegalArgumentException if it has not the form of a person
   */
  static Person of(JsonNode json) {
    JsonNode stack = json.path("stack");
    if (!stack.isArray() && !stack.isNull() && !stack.isMissingNode()) {
      throw new IllegalArgumentException("no stack: " + json);
    }
    return new Person(
        Json.text(json, "apelido"),
        Json.text(json, "nome"),
        Json.text(json, "nascimento"),
        stack.isArray()
            ? Optional.of(stack.valueStream().map(JsonNode::asText).toList())
            : Optional.empty());
  }

  /** What a search looks at. */
  List<String> texts() {
    List<String> texts = new ArrayList<>(List.of(nickname, name));
    stack.ifPresent(texts::addAll);
    return texts;
  }

  boolean contains(String term) {
    String lower = term.toLowerCase(Locale.ROOT);
    return texts().stream().anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(lower));
  }

  String json() {
    return object(Json.quote(nickname), Json.quote(name), Json.quote(birth), array(stack));
  }

  /** A body of these four values, which are JSON already. */
  static String object(String nickname, String name, String birth, String stack) {
    return "{\"apelido\":%s,\"nome\":%s,\"nascimento\":%s,\"stack\":%s}"
        .formatted(nickname, name, birth, stack);
  }

  static String array(Optional<List<String>> words) {
    return words.map(Person::array).orElse("null");
  }

  static String array(List<String> words) {
    return words.stream().map(Json::quote).toList().toString();
  }
}
