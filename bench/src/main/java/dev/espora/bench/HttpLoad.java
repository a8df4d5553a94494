package dev.espora.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/**
 * Transactions for the bank over kept connections, each of which waits for an answer before it asks
 * again. One thread makes all of them: what the load takes of the processors is little.
 */
record HttpLoad(URI target, int connections) {
  private static final long LONGEST_NANOS = Duration.ofSeconds(60).toNanos();
  private static final long SELECT_MILLIS = 10;
  private static final int ANSWER_BYTES = 4 << 10;
  private static final int ACCOUNTS = 5;

  /**
   * Runs for a while.
   *
   * @throws IllegalStateException if a transaction is not answered with 200
   */
  Sample run(Duration duration) {
    try (Selector selector = Selector.open()) {
      List<Connection> open = new ArrayList<>();
      try {
        for (int i = 0; i < connections; i++) {
          open.add(new Connection(target, selector));
        }
        return new Run(selector, open, duration).run();
      } finally {
        for (Connection each : open) {
          each.channel.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One run over connections that are open. */
  private static final class Run {
    private final Selector selector;
    private final List<Connection> connections;
    private final Duration duration;
    private final Histogram latencies = new Histogram(1_000, LONGEST_NANOS, 2);
    private int waiting;

    private Run(Selector selector, List<Connection> connections, Duration duration) {
      this.selector = selector;
      this.connections = connections;
      this.duration = duration;
    }

    private Sample run() throws IOException {
      long start = System.nanoTime();
      long end = start + duration.toNanos();
      for (Connection each : connections) {
        each.ask();
      }
      waiting = connections.size();
      while (waiting > 0) {
        int _ = selector.select(key -> answered(key, end), SELECT_MILLIS);
        if (System.nanoTime() - end > LONGEST_NANOS) {
          throw new IllegalStateException(waiting + " requests are not answered");
        }
      }
      return new Sample(System.nanoTime() - start, latencies);
    }

    private void answered(SelectionKey key, long end) {
      Connection connection = (Connection) key.attachment();
      try {
        if (connection.read()) {
          long now = System.nanoTime();
          latencies.recordValue(Math.min(now - connection.asked, LONGEST_NANOS));
          if (now < end) {
            connection.ask();
          } else {
            waiting--;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Connection {
    private final String host;
    private final SocketChannel channel;
    private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES);
    private long asked;

    private Connection(URI target, Selector selector) throws IOException {
      host = target.getAuthority();
      channel = SocketChannel.open(new InetSocketAddress(target.getHost(), target.getPort()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    private void ask() throws IOException {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      // Put together by hand: a formatter would take as much as the bank does.
      String body =
          "{\"valor\":"
              + random.nextInt(1, 10_000)
              + ",\"tipo\":\""
              + (random.nextInt(3) == 0 ? "d" : "c")
              + "\",\"descricao\":\"abcdefghij\"}";
      String request =
          "POST /clientes/"
              + (random.nextInt(ACCOUNTS) + 1)
              + "/transacoes HTTP/1.1\r\nHost: "
              + host
              + "\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      asked = System.nanoTime();
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(US_ASCII));
      while (bytes.hasRemaining()) { // so little always fits
        channel.write(bytes);
      }
    }

    /** Returns whether the answer is complete. */
    private boolean read() throws IOException {
      if (channel.read(answer) < 0) {
        throw new IllegalStateException("the bank has closed a connection");
      }
      String text = new String(answer.array(), 0, answer.position(), US_ASCII);
      int head = text.indexOf("\r\n\r\n");
      if (head < 0 || answer.position() < head + 4 + length(text, head)) {
        return false;
      }
      if (!text.startsWith("HTTP/1.1 200 ")) {
        throw new IllegalStateException("the bank answers " + text.lines().findFirst().orElse(""));
      }
      answer.clear();
      return true;
    }

    private static int length(String text, int head) {
      String name = "content-length:";
      for (int at = 0; at < head; at = text.indexOf("\r\n", at) + 2) {
        if (text.regionMatches(true, at, name, 0, name.length())) {
          return Integer.parseInt(text, at + name.length() + 1, text.indexOf('\r', at), 10);
        }
      }
      throw new IllegalStateException("an answer without a length");
    }
  }
}
