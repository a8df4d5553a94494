package dev.espora.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The little JSON that results need. */
final class Json {
  private Json() {}

  /** A number, a list, a map from names, or the text of anything else. */
  static String value(Object value) {
    return switch (value) {
      case List<?> list ->
          list.stream().map(Json::value).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(each -> quote(each.getKey().toString()) + ": " + value(each.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
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
