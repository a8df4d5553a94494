package dev.espora.http;

import dev.espora.http.Routes.Match;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into requests. A request comes out only when its last byte has
 * arrived and all of it is valid, so no part of an invalid one ever has an effect.
 *
 * <p>For use by the connection's event loop only. After it threw it must not be used again: where
 * the next request would begin is unknown.
 */
final class RequestReader {

  private enum Stage {
    HEAD,
    FIXED_BODY,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS
  }

  /** A size of eight digits and room for an extension, which is checked and ignored. */
  private static final int CHUNK_LINE_BYTES = 256;

  private static final byte[] NOTHING = {};
  private static final byte[] HEAD = {'H', 'E', 'A', 'D', ' '};

  private final Routes routes;
  private final HttpLimits limits;

  private Stage stage = Stage.HEAD;
  // Bytes of the current head or line that hold no unseen LF, and where its last line began.
  private int scanned;
  private int lineStart;
  private int lines;
  private int requestLineLength;

  private @Nullable RequestHead head;
  private @Nullable Match match;
  private byte[] body = NOTHING;
  private int bodyLength;
  private long remaining;
  private int trailerBytes;
  private boolean continueWanted;
  private boolean asksForHead;

  RequestReader(Routes routes, HttpLimits limits) {
    this.routes = routes;
    this.limits = limits;
  }

  /** A request and who answers it. */
  record Incoming(Request request, Handler handler) {}

  /**
   * Reads on.
   *
   * @return the next request, or null if it is not here yet
   * @throws ProblemException if it will never be a valid one
   */
  @Nullable Incoming read(ByteBuf in) {
    while (true) {
      boolean advanced =
          switch (stage) {
            case HEAD -> readHead(in);
            case FIXED_BODY, CHUNK_DATA -> readBody(in);
            case CHUNK_SIZE -> readChunkSize(in);
            case CHUNK_END -> readChunkEnd(in);
            case TRAILERS -> readTrailer(in);
          };
      if (!advanced) {
        return null;
      }
      if (stage == Stage.HEAD) {
        return finish();
      }
    }
  }

  /** Whether the request that is read, or that cannot be, asks for a head alone. */
  boolean asksForHead() {
    return asksForHead;
  }

  /** Whether the client waits to be told that it may send the body; true once per request. */
  boolean takeContinue() {
    boolean wanted = continueWanted;
    continueWanted = false;
    return wanted;
  }

  private Incoming finish() {
    RequestHead whole = head;
    Match matched = match;
    if (whole == null || matched == null) {
      throw new IllegalStateException("no head");
    }
    byte[] bytes = bodyLength == body.length ? body : Arrays.copyOf(body, bodyLength);
    head = null;
    match = null;
    body = NOTHING;
    bodyLength = 0;
    trailerBytes = 0;
    continueWanted = false;
    return new Incoming(new Request(whole, matched.parameters(), bytes), matched.handler());
  }

  private boolean readHead(ByteBuf in) {
    int start = in.readerIndex();
    if (head != null) {
      throw new IllegalStateException("the last request was not taken");
    }
    if (scanned == 0 && in.isReadable() && !Syntax.isToken(in.getByte(start))) {
      throw RequestHead.bad("a request begins with its method");
    }
    asksForHead = beginsWith(in, HEAD);
    while (true) {
      int from = start + scanned;
      int feed = in.indexOf(from, in.writerIndex(), (byte) '\n');
      int end = (feed < 0 ? in.writerIndex() : feed + 1) - start;
      checkHeadLimits(end, feed >= 0);
      scanned = end;
      if (feed < 0) {
        return false;
      }
      if (feed == start || in.getByte(feed - 1) != '\r') {
        throw RequestHead.bad("a line ends with a bare LF");
      }
      if (end - lineStart == 2) {
        break;
      }
      lines++;
      lineStart = end;
    }
    byte[] bytes = new byte[scanned - 2];
    in.readBytes(bytes).skipBytes(2);
    resetScan();
    begin(RequestHead.parse(bytes), in);
    return true;
  }

  private static boolean beginsWith(ByteBuf in, byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (i >= in.readableBytes() || in.getByte(in.readerIndex() + i) != text[i]) {
        return false;
      }
    }
    return true;
  }

  private void checkHeadLimits(int end, boolean lineComplete) {
    if (lines == 0) {
      if (end > limits.requestLineBytes() + 2) {
        throw new ProblemException(
            Problem.of(414, "the request line is longer than " + limits.requestLineBytes()));
      }
      requestLineLength = end;
    } else if (end - requestLineLength > limits.headerBytes() + 2) {
      throw new ProblemException(
          Problem.of(431, "the header is longer than " + limits.headerBytes() + " bytes"));
    } else if (lineComplete && end - lineStart > 2 && lines > limits.headers()) {
      throw new ProblemException(
          Problem.of(431, "there are more than " + limits.headers() + " header fields"));
    }
  }

  private void begin(RequestHead parsed, ByteBuf in) {
    Match matched = routes.match(parsed.method(), parsed.target());
    head = parsed;
    match = matched;
    if (parsed.chunked()) {
      stage = Stage.CHUNK_SIZE;
    } else {
      remaining = parsed.contentLength();
      checkBodyLimit(remaining);
      stage = remaining == 0 ? Stage.HEAD : Stage.FIXED_BODY;
    }
    continueWanted = parsed.expectsContinue() && stage != Stage.HEAD && !in.isReadable();
  }

  private void checkBodyLimit(long length) {
    Match matched = match;
    int limit =
        matched == null || matched.bodyBytes() < 0 ? limits.bodyBytes() : matched.bodyBytes();
    if (length > limit) {
      throw new ProblemException(Problem.of(413, "the body is longer than " + limit + " bytes"));
    }
  }

  private boolean readBody(ByteBuf in) {
    int n = (int) Math.min(remaining, in.readableBytes());
    if (n == 0) {
      return false;
    }
    if (body.length - bodyLength < n) {
      // Grows with what has arrived, never with what was announced; a chunk is not the last one.
      int wanted = bodyLength + n;
      boolean all = stage == Stage.FIXED_BODY && n == remaining;
      body = Arrays.copyOf(body, all ? wanted : Math.max(wanted, 2 * body.length));
    }
    in.readBytes(body, bodyLength, n);
    bodyLength += n;
    remaining -= n;
    if (remaining > 0) {
      return false;
    }
    stage = stage == Stage.FIXED_BODY ? Stage.HEAD : Stage.CHUNK_END;
    return true;
  }

  private boolean readChunkSize(ByteBuf in) {
    int length = line(in, CHUNK_LINE_BYTES, 400, "a chunk size line is too long");
    if (length < 0) {
      return false;
    }
    int start = in.readerIndex();
    long size = 0;
    int digits = 0;
    while (digits < length && Syntax.hex(in.getByte(start + digits)) >= 0) {
      size = size << 4 | Syntax.hex(in.getByte(start + digits));
      digits++;
      if (digits > 8) {
        throw RequestHead.bad("a chunk size has more than 8 digits");
      }
    }
    if (digits == 0
        || size > Integer.MAX_VALUE
        || (digits < length && in.getByte(start + digits) != ';')) {
      throw RequestHead.bad("a chunk size is not a hexadecimal number below 2^31");
    }
    for (int i = digits; i < length; i++) {
      if (!Syntax.isValue(in.getByte(start + i))) {
        throw RequestHead.bad("a chunk extension holds a byte that is not visible ASCII");
      }
    }
    in.skipBytes(length + 2);
    checkBodyLimit(bodyLength + size);
    remaining = size;
    stage = size == 0 ? Stage.TRAILERS : Stage.CHUNK_DATA;
    return true;
  }

  private boolean readChunkEnd(ByteBuf in) {
    if (in.readableBytes() > 0 && in.getByte(in.readerIndex()) != '\r') {
      throw RequestHead.bad("a chunk does not end where its size says");
    }
    if (in.readableBytes() < 2) {
      return false;
    }
    if (in.getByte(in.readerIndex() + 1) != '\n') {
      throw RequestHead.bad("a chunk does not end where its size says");
    }
    in.skipBytes(2);
    stage = Stage.CHUNK_SIZE;
    return true;
  }

  /** Trailers are checked like headers and forgotten: nothing here has a use for them. */
  private boolean readTrailer(ByteBuf in) {
    int left = limits.headerBytes() - trailerBytes;
    int length = line(in, left, 431, "the trailers are longer than the header may be");
    if (length < 0) {
      return false;
    }
    int start = in.readerIndex();
    int colon = 0;
    while (colon < length && Syntax.isToken(in.getByte(start + colon))) {
      colon++;
    }
    if (length > 0 && (colon == 0 || colon == length || in.getByte(start + colon) != ':')) {
      throw RequestHead.bad("a trailer line is not NAME: VALUE");
    }
    for (int i = colon; i < length; i++) {
      if (!Syntax.isValue(in.getByte(start + i))) {
        throw RequestHead.bad("a trailer value holds a byte that is not visible ASCII");
      }
    }
    in.skipBytes(length + 2);
    trailerBytes += length + 2;
    if (length == 0) {
      stage = Stage.HEAD;
    }
    return true;
  }

  /** The length of the next line without its CRLF, or -1 if its end is not here yet. */
  private int line(ByteBuf in, int limit, int status, String tooLong) {
    int start = in.readerIndex();
    int feed = in.indexOf(start + scanned, in.writerIndex(), (byte) '\n');
    int end = (feed < 0 ? in.writerIndex() : feed + 1) - start;
    if (end > limit + 2) {
      throw new ProblemException(Problem.of(status, tooLong));
    }
    scanned = end;
    if (feed < 0) {
      return -1;
    }
    if (end < 2 || in.getByte(feed - 1) != '\r') {
      throw RequestHead.bad("a line ends with a bare LF");
    }
    resetScan();
    return end - 2;
  }

  private void resetScan() {
    scanned = 0;
    lineStart = 0;
    lines = 0;
    requestLineLength = 0;
  }
}
