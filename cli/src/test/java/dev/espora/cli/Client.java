package dev.espora.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One kept-alive connection, so that a test knows which instance it talks to, and may send
 * anything.
 */
final class Client implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream input;

  Client(int port) throws IOException {
    this(port, Duration.ofMillis(PATIENCE_MILLIS));
  }

  /**
   * @param patience how long it waits to be let in, and for each answer
   */
  Client(int port, Duration patience) throws IOException {
    this(connected(port, Math.toIntExact(patience.toMillis())));
  }

  /** To a unix socket. */
  Client(Path path) throws IOException {
    this(new UnixSocket(path, Duration.ofMillis(PATIENCE_MILLIS)));
  }

  private Client(Socket socket) throws IOException {
    this.socket = socket;
    this.input = new BufferedInputStream(socket.getInputStream());
  }

  private static Socket connected(int port, int millis) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(millis);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
    return socket;
  }

  int localPort() {
    return socket.getLocalPort();
  }

  Answer get(String path) throws IOException {
    return raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  Answer post(String path, String json, String... headers) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    head.append("Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    return raw(request.toByteArray());
  }

  /** A credit or debit of the bank. */
  Answer transaction(int account, long cents, char kind, String description, String... headers)
      throws IOException {
    return post(
        "/clientes/" + account + "/transacoes",
        "{\"valor\": "
            + cents
            + ", \"tipo\": \""
            + kind
            + "\", \"descricao\": \""
            + description
            + "\"}",
        headers);
  }

  Answer statement(int account) throws IOException {
    return get("/clientes/" + account + "/extrato");
  }

  /** Somebody for the people registry: members as JSON. */
  Answer register(String json) throws IOException {
    return post("/pessoas", json);
  }

  /** A search of the people registry. */
  Answer search(String term) throws IOException {
    return get("/pessoas?t=" + URLEncoder.encode(term, StandardCharsets.UTF_8));
  }

  /** How many people are registered. */
  long count() throws IOException {
    return Long.parseLong(get("/contagem-pessoas").body());
  }

  /** Sends the text as it is, one byte for each character. */
  Answer raw(String request) throws IOException {
    return raw(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Answer raw(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    return read();
  }

  /** As {@link #raw}, without waiting for the answer. */
  void send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The next answer. */
  Answer read() throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = input.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the answer ended within its body");
    }
    return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
  }

  /** Whether the other side has closed; waits for it. */
  boolean closedByPeer() throws IOException {
    try {
      return input.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  /** FIN: nothing more is sent, answers can still be read. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** RST: the connection ends without a word. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = input.read(); b != '\n'; b = input.read()) {
      if (b < 0) {
        throw new EOFException("closed" + (line.isEmpty() ? "" : " after '" + line + "'"));
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
