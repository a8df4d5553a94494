import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Requests to a server on 127.0.0.1, each on a connection of its own. */
record HttpExchange(int port) {
  private static final int PATIENCE_MILLIS = 10_000;

  /**
   * @param head status line and headers, a line each
   */
  record Answer(String head, String body) {

    /** 0 if nothing came that looks like HTTP. */
    int status() {
      return head.matches("(?s)HTTP/1\\.1 \\d{3} .*") ? Integer.parseInt(head.substring(9, 12)) : 0;
    }

    String statusLine() {
      return head.lines().findFirst().orElse("no answer");
    }

    Optional<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .findFirst();
    }
  }

  Answer get(String target) throws IOException {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  Answer post(String target, String json) throws IOException {
    return exchange(
        ("POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
            .formatted(target, json.getBytes(StandardCharsets.UTF_8).length, json));
  }

  private Answer exchange(String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(bytes);
      return answer(bytes);
    }
  }

  /** @throws IOException if the answer is shorter or longer than it says */
  private static Answer answer(ByteArrayOutputStream bytes) throws IOException {
    // Headers are ASCII, so characters are bytes until the body is taken out.
    String raw = bytes.toString(StandardCharsets.ISO_8859_1);
    int end = raw.indexOf("\r\n\r\n");
    if (end < 0) {
      return new Answer(raw, "");
    }
    byte[] body = raw.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
    Answer answer = new Answer(raw.substring(0, end), new String(body, StandardCharsets.UTF_8));
    int length = answer.header("Content-Length").map(Integer::parseInt).orElse(body.length);
    if (length != body.length) {
      throw new IOException("a body of %d bytes instead of %d".formatted(body.length, length));
    }
    return answer;
  }
}
