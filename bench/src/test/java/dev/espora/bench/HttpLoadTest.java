package dev.espora.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpLoadTest {
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();
  private final Set<String> wrong = ConcurrentHashMap.newKeySet();
  private volatile String status = "200 OK";
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket socket = server.accept();
              connections.incrementAndGet();
              Thread.ofVirtual().start(() -> serve(socket));
            }
          } catch (IOException e) {
            // the test is over
          }
        });
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (String request = in.readLine(); request != null; request = in.readLine()) {
        int length = 0;
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
          length =
              line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
        }
        char[] body = new char[length];
        int _ = in.read(body);
        String asked = request + " " + new String(body);
        if (!asked.matches(
            "POST /clientes/[1-5]/transacoes HTTP/1.1"
                + " \\{\"valor\":[1-9][0-9]{0,3},\"tipo\":\"[cd]\",\"descricao\":\"[a-z]{10}\"}")) {
          wrong.add(asked);
        }
        answered.incrementAndGet();
        // In two pieces: an answer need not come at once.
        send(socket, "HTTP/1.1 " + status + "\r\ncontent-length: 11\r\n\r\n{\"saldo\"");
        send(socket, ":1}");
      }
    } catch (IOException e) {
      // the load is over
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpLoad load() {
    return new HttpLoad(URI.create("http://127.0.0.1:" + server.getLocalPort()), 3);
  }

  @Test
  void everyAnswerIsCountedOnceAndConnectionsAreKept() {
    Sample sample = load().run(Duration.ofMillis(200));

    assertThat(sample.operations()).isEqualTo(answered.get()).isGreaterThan(3);
    assertThat(connections).hasValue(3);
    assertThat(wrong).isEmpty();
  }

  @Test
  void anAnswerThatIsNoSuccessEndsTheLoad() {
    status = "503 Service Unavailable";

    assertThatThrownBy(() -> load().run(Duration.ofMillis(200)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("HTTP/1.1 503");
  }
}
