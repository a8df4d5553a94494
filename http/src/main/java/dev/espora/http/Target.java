package dev.espora.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request target: an absolute path with an optional query, or {@code *}.
 *
 * <p>Escapes are decoded exactly once, after splitting. Whatever could mean different paths to
 * different readers is refused, not normalized: dot segments, escaped slashes, control characters,
 * escapes that are not UTF-8, repeated query parameters.
 *
 * @param path the path as it was sent
 * @param segments the decoded segments between the slashes
 * @param query the decoded parameters
 */
record Target(String path, List<String> segments, Map<String, String> query) {

  private static final Target ASTERISK = new Target("*", List.of(), Map.of());

  boolean isAsterisk() {
    return path.equals("*");
  }

  /** Reads {@code bytes[from, to)}. */
  static Target parse(String method, byte[] bytes, int from, int to) {
    if (to - from == 1 && bytes[from] == '*' && method.equals("OPTIONS")) {
      return ASTERISK;
    }
    if (bytes[from] != '/') {
      throw RequestHead.bad("the request target is not an absolute path");
    }
    List<String> segments = new ArrayList<>(4);
    int start = from + 1;
    int end = start;
    while (end < to && bytes[end] != '?') {
      if (!Syntax.isPath(bytes[end])) {
        throw RequestHead.bad("a character in the path must be escaped");
      }
      if (bytes[end] == '/') {
        segments.add(segment(bytes, start, end));
        start = end + 1;
      }
      end++;
    }
    segments.add(segment(bytes, start, end));
    String path = new String(bytes, from, end - from, StandardCharsets.US_ASCII);
    return new Target(path, segments, end == to ? Map.of() : query(bytes, end + 1, to));
  }

  private static String segment(byte[] bytes, int from, int to) {
    String text = decode(bytes, from, to);
    if (text.equals(".") || text.equals("..")) {
      throw RequestHead.bad("the path has a dot segment");
    }
    if (text.indexOf('/') >= 0 || text.indexOf('\\') >= 0) {
      throw RequestHead.bad("the path has an escaped slash");
    }
    return text;
  }

  private static Map<String, String> query(byte[] bytes, int from, int to) {
    Map<String, String> parameters = new LinkedHashMap<>();
    int start = from;
    for (int i = from; i <= to; i++) {
      if (i < to && !Syntax.isQuery(bytes[i])) {
        throw RequestHead.bad("a character in the query must be escaped");
      }
      if (i == to || bytes[i] == '&') {
        int equals = start;
        while (equals < i && bytes[equals] != '=') {
          equals++;
        }
        if (i > start) {
          String name = decodeQuery(bytes, start, equals);
          String value = equals == i ? "" : decodeQuery(bytes, equals + 1, i);
          if (parameters.put(name, value) != null) {
            throw RequestHead.bad("a query parameter is repeated");
          }
        }
        start = i + 1;
      }
    }
    return parameters;
  }

  private static String decodeQuery(byte[] bytes, int from, int to) {
    byte[] copy = new byte[to - from];
    for (int i = 0; i < copy.length; i++) {
      byte b = bytes[from + i];
      copy[i] = b == '+' ? (byte) ' ' : b;
    }
    return decode(copy, 0, copy.length);
  }

  private static String decode(byte[] bytes, int from, int to) {
    int escape = from;
    while (escape < to && bytes[escape] != '%') {
      escape++;
    }
    if (escape == to) {
      return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }
    ByteBuffer decoded = ByteBuffer.allocate(to - from);
    for (int i = from; i < to; i++) {
      if (bytes[i] != '%') {
        decoded.put(bytes[i]);
        continue;
      }
      boolean whole = i + 2 < to;
      int high = whole ? Syntax.hex(bytes[i + 1]) : -1;
      int low = whole ? Syntax.hex(bytes[i + 2]) : -1;
      int value = high << 4 | low;
      if (high < 0 || low < 0 || value < 0x20 || value == 0x7f) {
        throw RequestHead.bad("the target has a bad escape");
      }
      decoded.put((byte) value);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException _) {
      throw RequestHead.bad("an escape in the target is not UTF-8");
    }
  }
}
