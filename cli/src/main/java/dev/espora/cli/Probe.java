package dev.espora.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Whether a service answers: any HTTP answer will do. */
final class Probe {
  /** With one answer, with all of them, and between two attempts. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration BEGINNING = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Probe() {}

  /**
   * Asks once on each of {@code times} connections: the balancer gives them to its instances in
   * turn, so each instance was asked. After a failure it begins again: on a busy machine the
   * balancer may find an instance too slow that has only just begun.
   *
   * @param stopped done when it is no use to ask any more
   * @return whether all answered; they did not if it was stopped first
   * @throws CommandFailed if one of them does not
   */
  static boolean answers(String url, int times, Future<?> stopped) {
    URI uri = URI.create(url);
    long deadline = System.nanoTime() + BEGINNING.toNanos();
    int answered = 0;
    while (answered < times) {
      try {
        ask(uri);
        answered++;
      } catch (IOException e) {
        if (stopped.isDone()) {
          return false;
        }
        if (System.nanoTime() > deadline) {
          throw new CommandFailed(url + " does not answer: " + e.getMessage());
        }
        answered = 0;
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
    return true;
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
