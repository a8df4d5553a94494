package dev.espora.http;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes what a client may send on one connection: a few requests out of valid pieces, and now and
 * then one of the broken pieces that readers of HTTP are known to disagree about.
 */
final class RequestGrammar {
  /** Looks like a request itself, so that whoever ends a body too early sees one more. */
  private static final String BODY = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

  /** Asks for the end of the connection, so that nobody has to wait for it. */
  private static final String LAST = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  private static final String HEX = Integer.toHexString(BODY.length());

  private static final List<String> METHODS =
      List.of(
          "GET", "POST", "PUT", "HEAD", "OPTIONS", "get", "G@T", "", "FOO-BAR", "POST ", " POST");

  private static final List<String> TARGETS =
      List.of(
          "/a",
          "/a?b=c",
          "/%41",
          "/a/../b",
          "/a%00",
          "/a%2",
          "*",
          "a",
          "http://x/a",
          "//x/a",
          "/\u00ff",
          "/a#b",
          "/a b",
          "/a\tb",
          "/a\\b",
          "/a\"",
          "/a|b",
          "/" + "a".repeat(300));

  private static final List<String> VERSIONS =
      List.of(
          "HTTP/1.1",
          "HTTP/1.0",
          "HTTP/1.2",
          "HTTP/2.0",
          "HTTP/0.9",
          "http/1.1",
          "HTTP/1.1 ",
          "HTTP/1.10",
          "HTTP/01.1",
          "HTTP/1",
          "HTTP/1.",
          "HTTP 1.1",
          "XTTP/1.1",
          "");

  private static final List<String> SEPARATORS = List.of(" ", "  ", "\t", "\u000b", "\r", "");

  private static final List<String> LINE_ENDS =
      List.of("\r\n", "\n", "\r", "\r\r\n", "\r\n ", "\r\n\t", "\n\r\n", " \r\n", "\0\r\n");

  private static final List<String> BEFORE = List.of("", "\r\n", "\n", " ", "\r\n\r\n", "\0", "\t");

  private static final List<String> FIELDS =
      List.of(
          "A: b",
          "A:b",
          "A:",
          "A: b\u0085",
          "A: \u00ff",
          "A: b\0c",
          "A: b\rc",
          "A: b\nc",
          "A : b",
          " A: b",
          "\tA: b",
          ": b",
          "A",
          "A\0: b",
          "A\u000b: b",
          "A\u0085: b",
          "A(: b",
          "A_b: c",
          "Connection: close",
          "Connection: keep-alive",
          "Connection: content-length",
          "Connection: transfer-encoding",
          "Upgrade: h2c",
          "Expect: 100-continue",
          "Expect: x",
          "Host: x",
          "Host: y",
          "Host:",
          "TE: trailers",
          "Trailer: content-length",
          "Content-Encoding: gzip",
          "Content-Length_: 3",
          "Content Length: 3",
          "Transfer_Encoding: chunked",
          "X: y\r\n Content-Length: 3");

  private static final List<String> HOSTS =
      List.of(
          "Host: x\r\n",
          "",
          "Host: x\r\nHost: x\r\n",
          "Host: x y\r\n",
          "Host: x@y\r\n",
          "Host: x,y\r\n",
          "Host : x\r\n",
          "host: x:80\r\n",
          "Host: [::1]\r\n",
          "Host: [::1]:8080\r\n",
          "Host: x:80:90\r\n",
          "Host: x:\r\n",
          "Host: :80\r\n",
          "Host: [::1\r\n",
          "Host: x/y\r\n");

  private static final List<String> LENGTH_NAMES =
      List.of(
          "Content-Length",
          "content-length",
          "Content-Length ",
          "Content-Length\t",
          " Content-Length",
          "Content_Length",
          "Content-Length\0",
          "Content-Length\u000b");

  private static final List<String> CODING_NAMES =
      List.of(
          "Transfer-Encoding",
          "transfer-encoding",
          "Transfer-Encoding ",
          "Transfer-Encoding\t",
          " Transfer-Encoding",
          "Transfer_Encoding",
          "Transfer-Encoding\0",
          "Transfer-\u0085Encoding");

  private static final List<String> CODINGS =
      List.of(
          "chunked",
          "Chunked",
          "CHUNKED",
          " chunked",
          "chunked ",
          "\tchunked",
          "\u000bchunked",
          "chunked\u000b",
          "\"chunked\"",
          "'chunked'",
          "chunked,",
          ",chunked",
          "chunked,chunked",
          "chunked, identity",
          "identity, chunked",
          "gzip, chunked",
          "chunked, gzip",
          "identity",
          "xchunked",
          "chunkedx",
          "chunked;a=b",
          "",
          "chunked\0",
          "chun ked",
          "chunked\r\n ,x",
          "\r\n chunked",
          "\u0085chunked",
          "chunked\u00ff",
          "cow");

  private static final List<String> BEFORE_SIZE =
      List.of("", " ", "0", "00000000", "0x", "+", "-", "\t");

  private static final List<String> AFTER_SIZE =
      List.of(
          "",
          " ",
          "\t",
          ";",
          ";a",
          ";a=b",
          ";a=\"b;c\"",
          ";a\nb",
          ";a\rb",
          ";a\0b",
          "g",
          ".0",
          " ;a",
          ";" + "a".repeat(20),
          "\u000b",
          ",",
          "_0",
          "L");

  private static final List<String> TRAILERS =
      List.of(
          "",
          "A: b\r\n",
          "Content-Length: 3\r\n",
          "Transfer-Encoding: chunked\r\n",
          "A : b\r\n",
          "A\r\n",
          "A: b\n",
          " A: b\r\n",
          "A: b\r\n c\r\n",
          ": b\r\n",
          "A: \0\r\n",
          "\n");

  private static final String DAMAGE = "\r\n\t :;,0123456789abcdefxX\0\u000b\u0085\u00ff\u007f";

  private final Random random;

  RequestGrammar(Random random) {
    this.random = random;
  }

  /** What one connection carries, one character for each byte. */
  String next() {
    StringBuilder text = new StringBuilder();
    int requests = 1 + random.nextInt(3);
    // Most have one broken piece at most: two at once hide what each of them does.
    int broken = random.nextInt(8) == 0 ? -1 : random.nextInt(requests);
    for (int i = 0; i < requests; i++) {
      request(text, i == broken);
    }
    if (random.nextInt(5) == 0) {
      damage(text);
    }
    return text.append(LAST).toString();
  }

  /** Only valid requests: as many as asked for, and the one that ends the connection. */
  String valid(int requests) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < requests; i++) {
      request(text, false);
    }
    return text.append(LAST).toString();
  }

  private void request(StringBuilder text, boolean mayBreak) {
    // More often in what says where the body ends.
    int at = mayBreak ? Math.min(random.nextInt(14), 8) : -1;
    text.append(at == 0 ? any(BEFORE) : "");
    text.append(at == 1 ? any(METHODS) : METHODS.get(1));
    text.append(at == 2 ? any(SEPARATORS) : " ");
    text.append(at == 3 ? any(TARGETS) : TARGETS.get(random.nextInt(3)));
    text.append(at == 2 ? any(SEPARATORS) : " ");
    text.append(at == 4 ? any(VERSIONS) : "HTTP/1.1");
    text.append(at == 5 ? any(LINE_ENDS) : "\r\n");
    text.append(at == 6 ? any(HOSTS) : HOSTS.getFirst());
    for (int i = random.nextInt(3); i > 0; i--) {
      text.append(at == 7 ? any(FIELDS) : FIELDS.get(random.nextInt(3)));
      text.append(at == 5 ? any(LINE_ENDS) : "\r\n");
    }
    body(text, at == 8 ? 1 + random.nextInt(8) : 0, at == 5);
  }

  private void body(StringBuilder text, int broken, boolean oddLines) {
    switch (random.nextInt(broken == 0 ? 3 : 4)) {
      case 0 -> {
        length(text, broken);
        text.append(oddLines ? any(LINE_ENDS) : "\r\n").append(BODY);
      }
      case 1 -> {
        coding(text, broken);
        text.append(oddLines ? any(LINE_ENDS) : "\r\n");
        chunks(text, broken);
      }
      case 2 -> text.append("Content-Length: 0\r\n\r\n");
      default -> {
        if (random.nextBoolean()) {
          length(text, 0);
          coding(text, broken);
        } else {
          coding(text, 0);
          length(text, broken);
        }
        text.append("\r\n");
        chunks(text, broken);
      }
    }
  }

  private void length(StringBuilder text, int broken) {
    String n = String.valueOf(BODY.length());
    List<String> values =
        List.of(
            n,
            "+" + n,
            "-" + n,
            "0x" + HEX,
            "0" + n,
            n + " ",
            " " + n,
            n + "," + n,
            n + ", 0",
            n + ".0",
            n + "_",
            "",
            " ",
            n + "\0",
            n + "\u000b",
            "\u000b" + n,
            n + " 0",
            "1e1",
            "a",
            "18446744073709551616",
            "18446744073709551" + (616 + BODY.length()),
            n + ";a",
            "'" + n + "'");
    text.append(broken == 1 ? any(LENGTH_NAMES) : "Content-Length").append(": ");
    text.append(broken == 2 ? any(values) : n).append("\r\n");
    if (broken == 3) {
      text.append("Content-Length: ").append(random.nextBoolean() ? n : "0").append("\r\n");
    }
  }

  private void coding(StringBuilder text, int broken) {
    text.append(broken == 1 ? any(CODING_NAMES) : "Transfer-Encoding").append(": ");
    text.append(broken == 2 ? any(CODINGS) : "chunked").append("\r\n");
    if (broken == 3) {
      text.append("Transfer-Encoding: ").append(any(CODINGS)).append("\r\n");
    }
  }

  private void chunks(StringBuilder text, int broken) {
    String end = "\r\n";
    text.append(broken == 4 ? any(BEFORE_SIZE) : "");
    text.append(
        broken == 5
            ? any(
                List.of(
                    "80000000",
                    "1000000000000000" + HEX,
                    "ffffffffffffffff",
                    "",
                    HEX.toUpperCase(Locale.ROOT)))
            : HEX);
    text.append(broken == 6 ? any(AFTER_SIZE) : "");
    text.append(broken == 7 ? any(LINE_ENDS) : end);
    text.append(BODY);
    text.append(broken == 7 ? any(List.of("\r\n", "\n", "", "\r", "x\r\n", "\rX")) : end);
    text.append(broken == 8 ? any(List.of("0", "00", "0;a", "000000000", "-0", "", "0 ")) : "0");
    text.append(broken == 7 ? any(LINE_ENDS) : end);
    text.append(broken == 8 ? any(TRAILERS) : "").append(end);
  }

  private void damage(StringBuilder text) {
    int at = random.nextInt(text.length());
    char c = DAMAGE.charAt(random.nextInt(DAMAGE.length()));
    switch (random.nextInt(3)) {
      case 0 -> text.setCharAt(at, c);
      case 1 -> text.insert(at, c);
      default -> text.deleteCharAt(at);
    }
  }

  private String any(List<String> pieces) {
    return pieces.get(random.nextInt(pieces.size()));
  }
}
