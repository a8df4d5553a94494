package dev.espora.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP answer.
 *
 * @param headers by name in lower case
 */
record Answer(int status, Map<String, String> headers, String body) {

  /** A top-level or nested integer of the body, found by its name. */
  long number(String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*(-?[0-9]+)").matcher(body);
    if (!found.find()) {
      throw new AssertionError("no number '" + name + "' in " + this);
    }
    return Long.parseLong(found.group(1));
  }
}
