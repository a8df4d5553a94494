package dev.espora.bench.load;

import com.fasterxml.jackson.databind.JsonNode;

/** A person that the registry has, and where. */
record Known(String location, Person person) {

  /**
   * As it was answered.
   *
   * @throws IllegalArgumentException if it has not the form of a person
   */
  static Known of(JsonNode json) {
    return new Known("/pessoas/" + Json.text(json, "id"), Person.of(json));
  }
}
