package dev.espora.http;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy that others trust, in front of an upstream that records what the proxy took for requests.
 */
final class ReferenceProxy implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  /** How long a proxy may need to answer what it has; one that is slower is asked again. */
  private static final int ENOUGH_MILLIS = 20;

  private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)");
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket upstream;
  private final Process process;
  private final int port;
  // The length of the body of each request, in their order.
  private final List<Integer> bodies = new ArrayList<>();

  private ReferenceProxy(ServerSocket upstream, Process process, int port) {
    this.upstream = upstream;
    this.process = process;
    this.port = port;
  }

  static ReferenceProxy nginx(Path directory) throws IOException {
    return start(
        directory,
        List.of("nginx", "-p", directory.toString(), "-e", "stderr", "-c"),
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        events { worker_connections 256; }
        http {
          access_log off;
          client_body_temp_path temp;
          proxy_temp_path temp;
          fastcgi_temp_path temp;
          uwsgi_temp_path temp;
          scgi_temp_path temp;
          server {
            listen 127.0.0.1:%d;
            location / {
              proxy_pass http://127.0.0.1:%d;
              proxy_ignore_client_abort on;
            }
          }
        }
        """);
  }

  static ReferenceProxy haproxy(Path directory) throws IOException {
    return start(
        directory,
        List.of("haproxy", "-db", "-q", "-f"),
        """
        defaults
          mode http
          timeout client 5s
          timeout connect 5s
          timeout server 5s
          option http-buffer-request
        frontend front
          bind 127.0.0.1:%d
          default_backend back
        backend back
          server upstream 127.0.0.1:%d
        """);
  }

  private static ReferenceProxy start(Path directory, List<String> program, String configuration)
      throws IOException {
    ServerSocket upstream = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file = directory.resolve(program.getFirst() + ".conf");
    Files.writeString(file, configuration.formatted(port, upstream.getLocalPort()));
    List<String> command = new ArrayList<>(program);
    command.add(file.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(program.getFirst() + ".log").toFile())
            .start();
    ReferenceProxy proxy = new ReferenceProxy(upstream, process, port);
    Thread.ofVirtual().start(proxy::serve);
    await().atMost(Duration.ofSeconds(20)).failFast(() -> !process.isAlive()).until(proxy::accepts);
    return proxy;
  }

  private boolean accepts() {
    try (Socket socket = connect()) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    return socket;
  }

  /**
   * Sends the bytes, and the end if need be, and returns the length of the body of each request it
   * saw.
   */
  List<Integer> bodies(String bytes) throws IOException {
    synchronized (bodies) {
      bodies.clear();
    }
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      try {
        socket.setSoTimeout(ENOUGH_MILLIS);
        socket.getInputStream().readAllBytes();
      } catch (SocketTimeoutException _) {
        // It waits for more. Not said earlier: HAProxy reads nothing more once it knows of the end.
        socket.shutdownOutput();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getInputStream().readAllBytes();
      }
    } catch (SocketException _) {
      // A refusal may end in a reset.
    }
    synchronized (bodies) {
      return List.copyOf(bodies);
    }
  }

  private void serve() {
    try {
      while (true) {
        Socket socket = upstream.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  /** One request: the proxy wrote it, so it is well formed, if it is whole. */
  private void answer(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      String head = until(in, "\r\n\r\n").toLowerCase(Locale.ROOT);
      Matcher length = LENGTH.matcher(head);
      int bytes;
      if (head.contains("\r\ntransfer-encoding: chunked")) {
        bytes = chunks(in);
      } else {
        bytes = length.find() ? size(length.group(1), 10) : 0;
        in.skipNBytes(bytes);
      }
      synchronized (bodies) {
        bodies.add(bytes);
      }
      socket.getOutputStream().write(ANSWER);
    } catch (IOException _) {
      // The proxy gave up within a request: it saw none.
    }
  }

  private static int chunks(InputStream in) throws IOException {
    int bytes = 0;
    while (true) {
      int size = size(until(in, "\r\n").replaceFirst("\\W.*", ""), 16);
      if (size == 0) {
        while (!until(in, "\r\n").isEmpty()) {
          // A trailer.
        }
        return bytes;
      }
      in.skipNBytes(size + 2L);
      bytes += size;
    }
  }

  /** HAProxy passes on lengths of any number of digits; no body is as long as that. */
  private static int size(String digits, int radix) throws IOException {
    try {
      return Integer.parseInt(digits, radix);
    } catch (NumberFormatException e) {
      throw new IOException("a body that never ends", e);
    }
  }

  /** What comes before the text. */
  private static String until(InputStream in, String end) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith(end)) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("ended early");
      }
      bytes.write(b);
      text = b == '\n' ? bytes.toString(StandardCharsets.ISO_8859_1) : "";
    }
    return text.substring(0, text.length() - end.length());
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    upstream.close();
  }
}
