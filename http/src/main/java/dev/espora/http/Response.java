package dev.espora.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An answer: a status, a body, a few headers. Immutable; the body array is not copied. */
public final class Response {

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(201, "Created"),
          Map.entry(202, "Accepted"),
          Map.entry(204, "No Content"),
          Map.entry(303, "See Other"),
          Map.entry(304, "Not Modified"),
          Map.entry(307, "Temporary Redirect"),
          Map.entry(308, "Permanent Redirect"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(406, "Not Acceptable"),
          Map.entry(408, "Request Timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(410, "Gone"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(414, "URI Too Long"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(417, "Expectation Failed"),
          Map.entry(421, "Misdirected Request"),
          Map.entry(422, "Unprocessable Content"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(505, "HTTP Version Not Supported"),
          Map.entry(507, "Insufficient Storage"));

  private static final byte[] CONTINUE_LINE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] LINE_END = ascii("\r\n");
  private static final byte[] NO_BODY = {};
  private static final byte[] NO_HEADERS = {};

  private record HeadKey(int status, String contentType) {}

  /**
   * Status line to {@code Content-Length: }, encoded once per pair; both come from programs, never
   * from clients, so this stays small.
   */
  private static final Map<HeadKey, byte[]> HEADS = new ConcurrentHashMap<>();

  /** Tells a client that it may send the body it announced; the answer comes later. */
  static final Response CONTINUE = new Response(100, "", NO_HEADERS, NO_BODY);

  private final int status;
  private final String contentType;
  private final byte[] head;
  private final byte[] headers;
  private final byte[] body;

  private Response(int status, String contentType, byte[] headers, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.head = HEADS.computeIfAbsent(new HeadKey(status, contentType), Response::encodeHead);
    this.headers = headers;
    this.body = body;
  }

  /** An answer with a body of any type. */
  public static Response of(int status, String contentType, byte[] body) {
    return new Response(status, contentType, NO_HEADERS, body);
  }

  /** An answer of type {@code application/json}. */
  public static Response json(int status, byte[] body) {
    return of(status, "application/json", body);
  }

  /** An answer of type {@code text/plain; charset=utf-8}. */
  public static Response text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** An answer without a body. */
  public static Response empty(int status) {
    return new Response(status, "", NO_HEADERS, NO_BODY);
  }

  /**
   * The same answer with one more header.
   *
   * @throws IllegalArgumentException if the name is not a token or the value holds anything but
   *     visible ASCII, spaces and tabs
   */
  public Response withHeader(String name, String value) {
    if (!Syntax.isToken(name) || !Syntax.isHeaderValue(value)) {
      throw new IllegalArgumentException("not a header: '" + name + ": " + value + "'");
    }
    byte[] line = ascii(name + ": " + value + "\r\n");
    byte[] all = new byte[headers.length + line.length];
    System.arraycopy(headers, 0, all, 0, headers.length);
    System.arraycopy(line, 0, all, headers.length, line.length);
    return new Response(status, contentType, all, body);
  }

  public int status() {
    return status;
  }

  /** Empty where there is no body. */
  public String contentType() {
    return contentType;
  }

  /** The body itself, not a copy: do not change it. */
  public byte[] body() {
    return body;
  }

  /**
   * Appends the message without its body.
   *
   * @param request what is answered, null if it never became one
   * @param last whether the connection ends with this answer
   * @param date the header line
   */
  void encodeHead(ByteBuf out, @Nullable Request request, boolean last, byte[] date) {
    if (this == CONTINUE) {
      out.writeBytes(CONTINUE_LINE);
      return;
    }
    out.writeBytes(head);
    if (status != 204) {
      out.writeCharSequence(Integer.toString(body.length), StandardCharsets.US_ASCII);
      out.writeBytes(LINE_END);
    }
    out.writeBytes(headers).writeBytes(date);
    if (last) {
      out.writeBytes(CLOSE);
    } else if (request != null && !request.http11()) {
      out.writeBytes(KEEP_ALIVE);
    }
    out.writeBytes(LINE_END);
  }

  /** What follows the head: the body, or nothing where it was not asked for. */
  byte[] body(boolean asksForHead) {
    return asksForHead ? NO_BODY : body;
  }

  static String reason(int status) {
    return REASONS.getOrDefault(status, "Status " + status);
  }

  private static byte[] encodeHead(HeadKey key) {
    StringBuilder head = new StringBuilder(128);
    head.append("HTTP/1.1 ").append(key.status).append(' ').append(reason(key.status));
    head.append("\r\n");
    if (!key.contentType.isEmpty()) {
      if (!Syntax.isHeaderValue(key.contentType)) {
        throw new IllegalArgumentException("not a content type: '" + key.contentType + "'");
      }
      head.append("Content-Type: ").append(key.contentType).append("\r\n");
    }
    if (key.status != 204) {
      head.append("Content-Length: ");
    }
    return ascii(head.toString());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
