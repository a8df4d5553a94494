package dev.espora.bench.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON as answers have it: each name once, nothing behind the value. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * @throws IllegalArgumentException if it is not JSON
   */
  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + text, e);
    }
  }

  static String quote(String text) {
    return MAPPER.getNodeFactory().textNode(text).toString();
  }

  /**
   * @throws IllegalArgumentException if there is no such integer
   */
  static long integer(JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("no integer '" + name + "' in " + object);
    }
    return value.longValue();
  }

  /**
   * @throws IllegalArgumentException if there is no such text
   */
  static String text(JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("no text '" + name + "' in " + object);
    }
    return value.textValue();
  }
}
