package dev.espora.fuzz;

import dev.espora.http.Json;
import dev.espora.http.JsonValue;
import dev.espora.http.JsonValue.JsonArray;
import dev.espora.http.JsonValue.JsonBoolean;
import dev.espora.http.JsonValue.JsonInteger;
import dev.espora.http.JsonValue.JsonNull;
import dev.espora.http.JsonValue.JsonNumber;
import dev.espora.http.JsonValue.JsonObject;
import dev.espora.http.JsonValue.JsonString;
import dev.espora.http.ProblemException;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** JSON bodies: a value, which reads the same once written again, or a problem of status 400. */
public final class JsonTarget {

  private JsonTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    JsonValue value;
    try {
      value = Json.read(input);
    } catch (ProblemException e) {
      if (e.problem().status() != 400) {
        throw new AssertionError("status " + e.problem().status(), e);
      }
      return;
    }
    byte[] again = Json.write(json -> write(value, json));
    if (!Json.read(again).equals(value)) {
      throw new AssertionError(value + " is read otherwise");
    }
  }

  private static void write(JsonValue value, JsonGenerator json) {
    switch (value) {
      case JsonObject(Map<String, JsonValue> members) -> {
        json.writeStartObject();
        members.forEach((name, member) -> {
          json.writeName(name);
          write(member, json);
        });
        json.writeEndObject();
      }
      case JsonArray array -> {
        json.writeStartArray();
        array.elements().forEach(element -> write(element, json));
        json.writeEndArray();
      }
      case JsonString(String text) -> json.writeString(text);
      case JsonInteger(long number) -> json.writeNumber(number);
      case JsonNumber(String text) -> json.writeRawValue(text);
      case JsonBoolean(boolean flag) -> json.writeBoolean(flag);
      case JsonNull _ -> json.writeNull();
    }
  }
}
