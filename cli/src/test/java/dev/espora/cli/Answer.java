package dev.espora.cli;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP answer.
 *
 * @param headers by name in lower case
 */
record Answer(int status, Map<String, String> headers, String body) {

  /** Where what was created is. */
  String location() {
    String location = headers.get("location");
    if (location == null) {
      throw new AssertionError("no Location in " + this);
    }
    return location;
  }

  /** The values of all members of a name that are strings without escapes, in their order. */
  List<String> texts(String name) {
    return Pattern.compile("\"" + name + "\":\"([^\"]*)\"")
        .matcher(body)
        .results()
        .map(found -> Objects.requireNonNull(found.group(1)))
        .toList();
  }

  /** A top-level or nested integer of the body, found by its name. */
  long number(String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(-?[0-9]+)").matcher(body);
    if (!found.find()) {
      throw new AssertionError("no number '" + name + "' in " + this);
    }
    return Long.parseLong(found.group(1));
  }
}
