package dev.espora.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bank whose statements are empty, whatever it booked, and whose balances are below the limit.
 * Serves one request on each connection.
 */
final class LyingBank implements AutoCloseable {
  private static final String STATEMENT =
      "{\"saldo\":{\"total\":0,\"limite\":100000},\"ultimas_transacoes\":[]}";
  private static final String BOOKED = "{\"limite\":100000,\"saldo\":-100001}";
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private final ServerSocket server;

  LyingBank() throws IOException {
    server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("lying-bank").start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        // Closed.
        return;
      }
    }
  }

  private static void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      Matcher length = LENGTH.matcher(head);
      if (length.find()) {
        client.getInputStream().skipNBytes(Long.parseLong(length.group(1)));
      }
      String body = head.startsWith("GET ") ? STATEMENT : BOOKED;
      String answer =
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(body.length(), body);
      client.getOutputStream().write(answer.getBytes(ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String head(InputStream input) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = input.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
