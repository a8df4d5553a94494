package dev.espora.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads bytes as a connection would, and compares requests with the grammar written once more. */
public final class RequestCheck {
  private static final HttpLimits LIMITS = HttpLimits.DEFAULTS;
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final String FIELD = TOKEN + ":[\\t\\x20-\\x7e]*\\r\\n";
  private static final Pattern HEAD =
      Pattern.compile(
          "(" + TOKEN + ") (/[\\x21-\\x7e]*|\\*) (HTTP/1\\.[01])\\r\\n((?:" + FIELD + ")*)\\r\\n");
  private static final Pattern CHUNK =
      Pattern.compile("\\G([0-9A-Fa-f]{1,8})(?:;[\\t\\x20-\\x7e]*)?\\r\\n");
  private static final Pattern TRAILERS = Pattern.compile("\\G(?:" + FIELD + ")*\\r\\n");

  private static final Routes ROUTES =
      Routes.builder().add("POST", "/a/{id}", 64, _ -> done()).get("/b", _ -> done()).build();

  /** How many bytes come at a time. */
  @FunctionalInterface
  public interface Cuts {
    /** At least 1. */
    int next();
  }

  /**
   * What was read.
   *
   * @param requests each with the bytes that it was made of
   * @param problem the status that ended it, 0 if none did
   */
  private record Read(List<String> requests, List<String> bytes, int problem) {}

  private RequestCheck() {}

  private static CompletableFuture<Response> done() {
    return CompletableFuture.completedFuture(Response.empty(204));
  }

  /** However bytes are cut, the same comes out, and nothing that the grammar does not allow. */
  public static void check(byte[] bytes, Cuts cuts) {
    Read whole = read(ROUTES, bytes, () -> bytes.length);
    Read single = read(ROUTES, bytes, () -> 1);
    Read cut = read(ROUTES, bytes, cuts);
    if (!whole.requests.equals(single.requests)
        || !whole.requests.equals(cut.requests)
        || whole.problem != single.problem
        || whole.problem != cut.problem) {
      throw new AssertionError("cut otherwise: " + whole + "; " + single + "; " + cut);
    }
    for (int i = 0; i < single.bytes.size(); i++) {
      checkGrammar(single.bytes.get(i), single.requests.get(i));
    }
  }

  private static Read read(Routes routes, byte[] bytes, Cuts cuts) {
    List<String> requests = new ArrayList<>();
    List<String> raw = new ArrayList<>();
    RequestReader reader = new RequestReader(routes, LIMITS);
    ByteBuf in = Unpooled.buffer();
    int begin = 0;
    try {
      for (int at = 0; at < bytes.length; ) {
        int n = Math.min(bytes.length - at, cuts.next());
        in.discardReadBytes().writeBytes(bytes, at, n);
        at += n;
        for (var next = reader.read(in); next != null; next = reader.read(in)) {
          Request request = next.request();
          requests.add(request.method() + " " + request.path() + " " + text(request.body()));
          int end = at - in.readableBytes();
          raw.add(new String(bytes, begin, end - begin, StandardCharsets.ISO_8859_1));
          begin = end;
        }
      }
    } catch (ProblemException e) {
      return new Read(requests, raw, e.problem().status());
    }
    return new Read(requests, raw, 0);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void checkGrammar(String raw, String request) {
    Matcher head = HEAD.matcher(raw);
    require(head.lookingAt(), "it is no request", raw);
    List<String> hosts = values(head.group(4), "host");
    List<String> lengths = values(head.group(4), "content-length");
    List<String> codings = values(head.group(4), "transfer-encoding");
    boolean http11 = head.group(3).endsWith("1");
    require(hosts.size() == 1 || (hosts.isEmpty() && !http11), "it has no or two hosts", raw);
    require(lengths.size() + codings.size() <= 1, "its length is ambiguous", raw);
    String body = raw.substring(head.end());
    if (!codings.isEmpty()) {
      require(http11 && codings.getFirst().equalsIgnoreCase("chunked"), "a strange coding", raw);
      body = unchunked(body, raw);
    } else if (lengths.isEmpty()) {
      require(body.isEmpty(), "its body has no length", raw);
    } else {
      require(lengths.getFirst().matches("[0-9]+"), "its length is no number", raw);
      require(Long.parseLong(lengths.getFirst()) == body.length(), "its length is wrong", raw);
    }
    require(request.endsWith(" " + body), "its body is another one", raw);
  }

  private static List<String> values(String fields, String name) {
    return fields
        .lines()
        .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .toList();
  }

  private static String unchunked(String chunks, String raw) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (true) {
      Matcher chunk = CHUNK.matcher(chunks);
      require(chunk.find(at), "a chunk has no size", raw);
      int size = Integer.parseInt(chunk.group(1), 16);
      at = chunk.end();
      if (size == 0) {
        Matcher trailers = TRAILERS.matcher(chunks);
        require(trailers.find(at) && trailers.end() == chunks.length(), "bad trailers", raw);
        return body.toString();
      }
      require(chunks.startsWith("\r\n", at + size), "a chunk has another size", raw);
      body.append(chunks, at, at + size);
      at += size + 2;
    }
  }

  private static void require(boolean holds, String otherwise, String raw) {
    if (!holds) {
      throw new AssertionError("accepted, though " + otherwise + ": " + raw);
    }
  }

  /** The status of the answer to a request with a body; 0 if it was no request yet. */
  public static int answer(Routes routes, String path, byte[] body) {
    byte[] head =
        ("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf in = Unpooled.wrappedBuffer(head, body);
    RequestReader.Incoming incoming = new RequestReader(routes, LIMITS).read(in);
    if (incoming == null) {
      return 0;
    }
    try {
      return incoming.handler().handle(incoming.request()).toCompletableFuture().join().status();
    } catch (ProblemException e) {
      return e.problem().status();
    }
  }
}
