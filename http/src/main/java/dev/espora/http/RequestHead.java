package dev.espora.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The request line and header section of one request, read by the letter of RFC 9112: whatever two
 * readers could understand differently is refused.
 *
 * <p>Header fields stay bytes until somebody asks for one, since most are never looked at.
 */
final class RequestHead {

  /** No {@code Content-Length} and no {@code Transfer-Encoding}: there is no body. */
  private static final long NO_LENGTH = -1;

  private final byte[] bytes;
  // Four offsets for each field: name from, name to, value from, value to.
  private int[] fields = new int[4 * 8];
  private int count;

  private String method = "";
  private Target target = new Target("", List.of(), Map.of());
  private boolean http11;
  private long contentLength = NO_LENGTH;
  private boolean chunked;
  private boolean keepAlive;
  private boolean expectsContinue;
  private boolean upgrade;

  private RequestHead(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a head.
   *
   * @param bytes from the first byte of the request line to the line end of the last header field;
   *     every LF in it follows a CR
   * @throws ProblemException if it is not a valid request
   */
  static RequestHead parse(byte[] bytes) {
    RequestHead head = new RequestHead(bytes);
    int next = head.parseRequestLine();
    while (next < bytes.length) {
      next = head.parseField(next);
    }
    head.checkHost();
    head.readFraming();
    head.readConnection();
    head.readExpectations();
    return head;
  }

  static ProblemException bad(String detail) {
    return new ProblemException(Problem.of(400, detail));
  }

  String method() {
    return method;
  }

  Target target() {
    return target;
  }

  boolean http11() {
    return http11;
  }

  boolean chunked() {
    return chunked;
  }

  /** Bytes of the body, 0 where there is none; meaningless if {@link #chunked}. */
  long contentLength() {
    return Math.max(0, contentLength);
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean expectsContinue() {
    return expectsContinue;
  }

  boolean upgrade() {
    return upgrade;
  }

  /** The values of all fields of a name, in the order in which they came. */
  List<String> values(String name) {
    List<String> values = List.of();
    for (int field = 0; field < count; field++) {
      if (nameEquals(field, name)) {
        if (values.isEmpty()) {
          values = new ArrayList<>(1);
        }
        int from = fields[4 * field + 2];
        int to = fields[4 * field + 3];
        values.add(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
      }
    }
    return values;
  }

  private int parseRequestLine() {
    int end = lineEnd(0);
    int first = space(0, end);
    int second = first < end ? space(first + 1, end) : end;
    if (first == 0 || second <= first + 1 || second >= end - 1) {
      throw bad("the request line is not METHOD SP TARGET SP VERSION");
    }
    for (int i = 0; i < first; i++) {
      if (!Syntax.isToken(bytes[i])) {
        throw bad("the method is not a token");
      }
    }
    for (int i = second + 1; i < end; i++) {
      if (bytes[i] <= ' ' || bytes[i] == 0x7f) {
        throw bad("the request line is not METHOD SP TARGET SP VERSION");
      }
    }
    method = new String(bytes, 0, first, StandardCharsets.US_ASCII);
    String version = new String(bytes, second + 1, end - second - 1, StandardCharsets.US_ASCII);
    http11 = version.equals("HTTP/1.1");
    if (!http11 && !version.equals("HTTP/1.0")) {
      throw new ProblemException(Problem.of(505, "only HTTP/1.1 and HTTP/1.0 are spoken here"));
    }
    if (method.equals("CONNECT")) {
      throw new ProblemException(
          Problem.of(405, "this is not a proxy").withHeader("Allow", "GET, HEAD, OPTIONS, POST"));
    }
    target = Target.parse(method, bytes, first + 1, second);
    return end + 2;
  }

  private int parseField(int start) {
    int end = lineEnd(start);
    int colon = start;
    while (colon < end && Syntax.isToken(bytes[colon])) {
      colon++;
    }
    if (colon == start || colon == end || bytes[colon] != ':') {
      throw bad("a header line is not NAME: VALUE");
    }
    int from = colon + 1;
    int to = end;
    while (from < to && isBlank(bytes[from])) {
      from++;
    }
    while (to > from && isBlank(bytes[to - 1])) {
      to--;
    }
    for (int i = from; i < to; i++) {
      if (!Syntax.isValue(bytes[i])) {
        throw bad("a header value holds a byte that is not visible ASCII");
      }
    }
    if (4 * count == fields.length) {
      fields = Arrays.copyOf(fields, 2 * fields.length);
    }
    fields[4 * count] = start;
    fields[4 * count + 1] = colon;
    fields[4 * count + 2] = from;
    fields[4 * count + 3] = to;
    count++;
    return end + 2;
  }

  private void checkHost() {
    int hosts = 0;
    for (int field = 0; field < count; field++) {
      if (nameEquals(field, "host")) {
        hosts++;
        int from = fields[4 * field + 2];
        int to = fields[4 * field + 3];
        if (from == to) {
          throw bad("Host is empty");
        }
        if (!Syntax.isHostAndPort(bytes, from, to)) {
          throw bad("Host is not HOST or HOST:PORT");
        }
      }
    }
    if (hosts > 1 || (http11 && hosts == 0)) {
      throw bad("a request has exactly one Host");
    }
  }

  private void readFraming() {
    List<String> lengths = values("content-length");
    List<String> codings = values("transfer-encoding");
    if (lengths.size() + codings.size() > 1) {
      throw bad("a request has one Content-Length or one Transfer-Encoding");
    }
    if (!codings.isEmpty()) {
      if (!http11) {
        throw bad("HTTP/1.0 has no Transfer-Encoding");
      }
      readCoding(codings.getFirst());
    }
    if (!lengths.isEmpty()) {
      contentLength = parseLength(lengths.getFirst());
    }
  }

  private void readCoding(String value) {
    if (value.equalsIgnoreCase("chunked")) {
      chunked = true;
      return;
    }
    List<String> names = List.of(value.toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*", -1));
    boolean known = names.stream().allMatch(Syntax::isToken);
    if (known && names.indexOf("chunked") == names.size() - 1) {
      throw new ProblemException(Problem.of(501, "no Transfer-Encoding but chunked is understood"));
    }
    throw bad("Transfer-Encoding does not end in one chunked");
  }

  private static long parseLength(String text) {
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw bad("Content-Length is not a number");
      }
      // Saturates: a length of any number of digits is a number, only far too large a one.
      length = Math.min(length * 10 + digit, Long.MAX_VALUE / 100);
    }
    if (text.isEmpty()) {
      throw bad("Content-Length is empty");
    }
    return length;
  }

  private void readConnection() {
    keepAlive = http11;
    for (String value : values("connection")) {
      for (String option : value.split(",", -1)) {
        switch (option.strip().toLowerCase(Locale.ROOT)) {
          case "close" -> {
            keepAlive = false;
            return;
          }
          case "keep-alive" -> keepAlive = true;
          default -> {}
        }
      }
    }
    upgrade = !values("upgrade").isEmpty();
  }

  private void readExpectations() {
    for (String value : values("expect")) {
      if (!value.equalsIgnoreCase("100-continue")) {
        throw new ProblemException(Problem.of(417, "only 100-continue can be expected"));
      }
      expectsContinue = http11;
    }
    for (String value : values("content-encoding")) {
      if (!value.equalsIgnoreCase("identity")) {
        throw new ProblemException(
            Problem.of(415, "a body is sent as it is, without Content-Encoding")
                .withHeader("Accept-Encoding", "identity"));
      }
    }
  }

  private boolean nameEquals(int field, String name) {
    int from = fields[4 * field];
    if (fields[4 * field + 1] - from != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (lower(bytes[from + i]) != lower((byte) name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private int lineEnd(int from) {
    int end = from;
    while (bytes[end] != '\r') {
      end++;
    }
    if (bytes[end + 1] != '\n') {
      throw bad("a CR stands alone");
    }
    return end;
  }

  private int space(int from, int end) {
    int i = from;
    while (i < end && bytes[i] != ' ') {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }
}
