package dev.espora.http;

/** Which bytes HTTP allows where (RFC 9110, RFC 9112, RFC 3986), never more than that. */
final class Syntax {
  private static final int TOKEN = 1;
  private static final int PATH = 2;
  private static final int QUERY = 4;
  private static final int VALUE = 8;
  private static final int HOST = 16;

  private static final byte[] CLASSES = new byte[256];

  static {
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    mark(letters, TOKEN | PATH | QUERY | VALUE | HOST);
    mark("!#$%&'*+-.^_`|~", TOKEN);
    mark("-._~!$&'()*+,;=:@%/", PATH);
    mark("-._~%", HOST);
    for (int c = 0x21; c < 0x7f; c++) {
      CLASSES[c] |= VALUE;
      // Browsers send some characters raw in a query that RFC 3986 wants escaped; these four they
      // do escape.
      if ("\"#<>".indexOf(c) < 0) {
        CLASSES[c] |= QUERY;
      }
    }
    mark(" \t", VALUE);
  }

  private Syntax() {}

  private static void mark(String characters, int classes) {
    for (int i = 0; i < characters.length(); i++) {
      CLASSES[characters.charAt(i)] |= (byte) classes;
    }
  }

  static boolean isToken(byte b) {
    return (CLASSES[b & 0xff] & TOKEN) != 0;
  }

  static boolean isPath(byte b) {
    return (CLASSES[b & 0xff] & PATH) != 0;
  }

  static boolean isQuery(byte b) {
    return (CLASSES[b & 0xff] & QUERY) != 0;
  }

  /** Visible ASCII, space and tab: bytes beyond ASCII mean something else to every reader. */
  static boolean isValue(byte b) {
    return (CLASSES[b & 0xff] & VALUE) != 0;
  }

  /** HOST or HOST:PORT, where HOST is a name, an IPv4 address, or an IPv6 address in brackets. */
  static boolean isHostAndPort(byte[] bytes, int from, int to) {
    int end = bytes[from] == '[' ? endOfAddress(bytes, from, to) : endOfName(bytes, from, to);
    return end > from && (end == to || (bytes[end] == ':' && isPort(bytes, end + 1, to)));
  }

  /** Behind an address in brackets; -1 if it is none. */
  private static int endOfAddress(byte[] bytes, int from, int to) {
    int at = from + 1;
    while (at < to && (isHex(bytes[at]) || bytes[at] == ':' || bytes[at] == '.')) {
      at++;
    }
    return at > from + 1 && at < to && bytes[at] == ']' ? at + 1 : -1;
  }

  private static int endOfName(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (CLASSES[bytes[at] & 0xff] & HOST) != 0) {
      if (bytes[at] == '%') {
        if (to - at < 3 || !isHex(bytes[at + 1]) || !isHex(bytes[at + 2])) {
          return -1;
        }
        at += 2;
      }
      at++;
    }
    return at;
  }

  /** Up to 65535; it may be empty (RFC 3986). */
  private static boolean isPort(byte[] bytes, int from, int to) {
    int port = 0;
    for (int at = from; at < to; at++) {
      if (bytes[at] < '0' || bytes[at] > '9') {
        return false;
      }
      port = Math.min(1 << 20, 10 * port + bytes[at] - '0');
    }
    return port <= 65_535;
  }

  private static boolean isHex(byte b) {
    return Character.digit(b, 16) >= 0;
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7e || !isToken((byte) text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isHeaderValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7e || !isValue((byte) text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The value of a hexadecimal digit, or -1. */
  static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
