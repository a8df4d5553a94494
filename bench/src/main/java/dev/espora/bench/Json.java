package dev.espora.bench;

/** The little JSON that results need. */
final class Json {
  private Json() {}

  static String value(Object value) {
    return switch (value) {
      case Double number when !Double.isFinite(number) -> "null";
      case Number number -> number.toString();
      default -> quote(value.toString());
    };
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
