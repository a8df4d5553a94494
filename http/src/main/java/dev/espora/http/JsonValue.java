package dev.espora.http;

import java.util.List;
import java.util.Map;

/** A JSON value, with nothing lost that decides whether it is acceptable. */
public sealed interface JsonValue {

  /** Members in the order they came; no name is repeated. */
  record JsonObject(Map<String, JsonValue> members) implements JsonValue {}

  /** Elements in their order. */
  record JsonArray(List<JsonValue> elements) implements JsonValue {}

  /** Text without lone surrogates. */
  record JsonString(String text) implements JsonValue {
    /** Unicode code points, the unit in which limits count. */
    public int codePoints() {
      return text.codePointCount(0, text.length());
    }
  }

  /** A number written as an integer, without fraction and exponent, that fits a long. */
  record JsonInteger(long value) implements JsonValue {}

  /** Any other number, as it was written. */
  record JsonNumber(String text) implements JsonValue {}

  /** True or false. */
  record JsonBoolean(boolean value) implements JsonValue {}

  /** Null. */
  record JsonNull() implements JsonValue {}
}
