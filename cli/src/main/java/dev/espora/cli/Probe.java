package dev.espora.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Whether a service answers: any HTTP answer will do. */
final class Probe {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Probe() {}

  /**
   * Asks once on each of {@code times} connections: the balancer gives them to its instances in
   * turn, so each instance was asked.
   */
  static void answers(String url, int times) {
    URI uri = URI.create(url);
    for (int i = 0; i < times; i++) {
      try {
        ask(uri);
      } catch (IOException e) {
        throw new CommandFailed(url + " does not answer: " + e.getMessage());
      }
    }
  }

  private static void ask(URI uri) throws IOException {
    try (Socket socket = new Socket()) {
      int patience = (int) PATIENCE.toMillis();
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), patience);
      socket.setSoTimeout(patience);
      String request =
          "GET / HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
      if (!answer.equals("HTTP/")) {
        throw new IOException("the connection was closed without an answer");
      }
    }
  }
}
