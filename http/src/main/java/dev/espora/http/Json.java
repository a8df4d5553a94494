package dev.espora.http;

import dev.espora.http.JsonValue.JsonArray;
import dev.espora.http.JsonValue.JsonBoolean;
import dev.espora.http.JsonValue.JsonInteger;
import dev.espora.http.JsonValue.JsonNull;
import dev.espora.http.JsonValue.JsonNumber;
import dev.espora.http.JsonValue.JsonObject;
import dev.espora.http.JsonValue.JsonString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Strict JSON (RFC 8259) in and out. Safe for use by any number of threads. */
public final class Json {

  /** Arrays and objects inside each other. */
  public static final int MAX_DEPTH = 32;

  // Length is bounded by the body before a byte gets here, so the parser's own limits on strings
  // and numbers, which would turn a long number into "not JSON", stay out of the way.
  // The factory would keep the names it has seen, up to 12,000 of any length, for later parsers.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private Json() {}

  /**
   * Reads one value.
   *
   * @throws ProblemException 400 if the bytes are not UTF-8 (a byte order mark is refused too), not
   *     JSON, have anything but white space behind the value, repeat a name in one object, hold a
   *     lone surrogate, or nest deeper than {@link #MAX_DEPTH}
   */
  public static JsonValue read(byte[] bytes) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), decode(bytes))) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw notJson("it is empty");
      }
      JsonValue value = value(parser, first);
      if (parser.nextToken() != null) {
        throw notJson("something follows the value");
      }
      return value;
    } catch (JacksonException e) {
      // The parser's own message may quote half a character, which cannot be written again.
      TokenStreamLocation where = e.getLocation();
      throw notJson(
          where == null
              ? "it nests deeper than " + MAX_DEPTH
              : "it goes wrong near character " + where.getCharOffset());
    }
  }

  /** Encodes what {@code content} writes. */
  public static byte[] write(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      content.accept(generator);
    }
    return out.toByteArray();
  }

  private static JsonValue value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new JsonString(text(parser));
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == NumberType.BIG_INTEGER
              ? new JsonNumber(parser.getString())
              : new JsonInteger(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
      case VALUE_TRUE -> new JsonBoolean(true);
      case VALUE_FALSE -> new JsonBoolean(false);
      case VALUE_NULL -> new JsonNull();
      default -> throw notJson("unexpected " + token);
    };
  }

  private static JsonObject object(JsonParser parser) {
    Map<String, JsonValue> members = new LinkedHashMap<>(8);
    while (next(parser) != JsonToken.END_OBJECT) {
      String name = text(parser);
      if (members.put(name, value(parser, next(parser))) != null) {
        throw notJson("an object repeats a name");
      }
    }
    return new JsonObject(members);
  }

  private static JsonArray array(JsonParser parser) {
    List<JsonValue> elements = new ArrayList<>();
    for (JsonToken token = next(parser); token != JsonToken.END_ARRAY; token = next(parser)) {
      elements.add(value(parser, token));
    }
    return new JsonArray(elements);
  }

  private static JsonToken next(JsonParser parser) {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw notJson("it ends too early");
    }
    return token;
  }

  private static String text(JsonParser parser) {
    String text = parser.getString();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw notJson("a string holds half a surrogate pair");
        }
        i++;
      }
    }
    return text;
  }

  private static String decode(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.startsWith("\ufeff")) {
        throw notJson("it begins with a byte order mark");
      }
      return text;
    } catch (CharacterCodingException _) {
      throw notJson("it is not UTF-8");
    }
  }

  private static ProblemException notJson(String why) {
    return new ProblemException(Problem.of(400, "the body is not JSON: " + why));
  }
}
