package dev.espora.db.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of stored values, enough to read them without the classes they came from. Its text form
 * is what the engine stores, for example {@code
 * {owner:string,balance:long,latest:[{amount:long,at:instant}]}}.
 */
public sealed interface Schema {

  /** A value without parts. */
  enum Simple implements Schema {
    BOOLEAN,
    BYTE,
    SHORT,
    INT,
    LONG,
    CHAR,
    FLOAT,
    DOUBLE,
    STRING,
    BYTES,
    INSTANT,
    DATE,
    DURATION,
    UUID;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Values of one schema, in order. */
  record Sequence(Schema element) implements Schema {
    @Override
    public String toString() {
      return "[" + element + "]";
    }
  }

  /** Keys with values. */
  record Mapping(Schema key, Schema value) implements Schema {
    @Override
    public String toString() {
      return "<" + key + "," + value + ">";
    }
  }

  /** A value or none. */
  record Maybe(Schema value) implements Schema {
    @Override
    public String toString() {
      return "?" + value;
    }
  }

  /** One of several names. */
  record Choice(List<String> names) implements Schema {
    @Override
    public String toString() {
      return "(" + String.join("|", names) + ")";
    }
  }

  /** Named fields. */
  record Fields(List<Field> fields) implements Schema {
    @Override
    public String toString() {
      return "{" + String.join(",", fields.stream().map(Field::toString).toList()) + "}";
    }
  }

  /** One of several named variants, each with fields. */
  record Union(List<Field> variants) implements Schema {
    @Override
    public String toString() {
      return "(" + String.join("|", variants.stream().map(Field::toString).toList()) + ")";
    }
  }

  /**
   * The schema that encloses this place so many record or union levels up: how a type contains
   * itself.
   */
  record Enclosing(int levels) implements Schema {
    @Override
    public String toString() {
      return "^" + levels;
    }
  }

  /** Values of a codec written by hand; only a codec of the same name reads them. */
  record Opaque(String name) implements Schema {
    @Override
    public String toString() {
      return "'" + name + "'";
    }
  }

  /** A name and what it stands for. */
  record Field(String name, Schema schema) {
    @Override
    public String toString() {
      return name + ":" + schema;
    }
  }

  /**
   * Eight bytes that are equal for equal schemas: the beginning of the SHA-256 of the text form.
   */
  default long fingerprint() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
      return new Input(digest).readLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Reads the text form.
   *
   * @throws MalformedException if it is not one
   */
  static Schema parse(String text) {
    Parser parser = new Parser(text);
    Schema schema = parser.schema(0);
    if (parser.at < text.length()) {
      throw parser.malformed();
    }
    return schema;
  }

  /** Recursive descent over the text form. */
  final class Parser {
    private static final int MAX_DEPTH = 64;
    private final String text;
    private int at;

    private Parser(String text) {
      this.text = text;
    }

    private Schema schema(int depth) {
      if (depth > MAX_DEPTH) {
        throw malformed();
      }
      return switch (peek()) {
        case '[' -> {
          at++;
          Schema element = schema(depth + 1);
          expect(']');
          yield new Sequence(element);
        }
        case '<' -> {
          at++;
          Schema key = schema(depth + 1);
          expect(',');
          Schema value = schema(depth + 1);
          expect('>');
          yield new Mapping(key, value);
        }
        case '?' -> {
          at++;
          yield new Maybe(schema(depth + 1));
        }
        case '{' -> new Fields(fields(',', '}', depth));
        case '(' -> choiceOrUnion(depth);
        case '^' -> {
          at++;
          yield new Enclosing(levels(word()));
        }
        case '\'' -> opaque();
        default -> simple(word());
      };
    }

    private int levels(String word) {
      try {
        return Integer.parseInt(word);
      } catch (NumberFormatException e) {
        throw malformed();
      }
    }

    private Schema opaque() {
      int close = text.indexOf('\'', at + 1);
      if (close < 0) {
        throw malformed();
      }
      String name = text.substring(at + 1, close);
      at = close + 1;
      return new Opaque(name);
    }

    private Schema simple(String word) {
      for (Simple simple : Simple.values()) {
        if (simple.toString().equals(word)) {
          return simple;
        }
      }
      throw malformed();
    }

    private Schema choiceOrUnion(int depth) {
      int start = at;
      at++;
      word();
      boolean union = peek() == ':';
      at = start;
      if (union) {
        return new Union(fields('|', ')', depth));
      }
      List<String> names = new ArrayList<>();
      at++;
      names.add(word());
      while (peek() == '|') {
        at++;
        names.add(word());
      }
      expect(')');
      return new Choice(List.copyOf(names));
    }

    private List<Field> fields(char separator, char close, int depth) {
      List<Field> fields = new ArrayList<>();
      at++;
      while (peek() != close) {
        if (!fields.isEmpty()) {
          expect(separator);
        }
        String name = word();
        expect(':');
        fields.add(new Field(name, schema(depth + 1)));
      }
      expect(close);
      return List.copyOf(fields);
    }

    private String word() {
      int start = at;
      while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
        at++;
      }
      if (at == start) {
        throw malformed();
      }
      return text.substring(start, at);
    }

    private char peek() {
      if (at >= text.length()) {
        throw malformed();
      }
      return text.charAt(at);
    }

    private void expect(char c) {
      if (peek() != c) {
        throw malformed();
      }
      at++;
    }

    private MalformedException malformed() {
      return new MalformedException("not a schema at character " + at + ": " + text);
    }
  }
}
