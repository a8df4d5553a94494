package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However a connection ends, its buffers are given back: Netty's leak detector looks at each. */
class LeakTest {
  private static final int CONNECTIONS = 600;

  private final ResourceLeakDetector.Level usual = ResourceLeakDetector.getLevel();
  private final Logger logger = Logger.getLogger(ResourceLeakDetector.class.getName());
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();
  private final Handler watch =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          leaks.add(String.valueOf(entry.getMessage()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void look() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    logger.addHandler(watch);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void lookAway() {
    ResourceLeakDetector.setLevel(usual);
    logger.removeHandler(watch);
    logger.setUseParentHandlers(true);
  }

  @Test
  void noConnectionKeepsABufferHoweverItEnds() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Routes routes =
        Routes.builder()
            .post("/effect", request -> completedStage(Response.json(200, request.body())))
            .get("/large", request -> completedStage(Response.json(200, new byte[100_000])))
            .build();
    HttpTimeouts timeouts =
        HttpTimeouts.DEFAULTS.withRequest(Duration.ofMillis(100)).withStall(Duration.ofMillis(100));
    try (HttpServer server =
        HttpServer.builder(routes).listen("127.0.0.1:0").timeouts(timeouts).start()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        end(server, random);
      }
      await().until(() -> server.connections() == 0);
    }
    for (int i = 0; i < 5; i++) {
      report();
    }
    assertThat(leaks).as("seed %d", seed).isEmpty();
  }

  /** One connection: a part of some requests, and one of the ways in which it can end. */
  private static void end(HttpServer server, Random random) throws IOException {
    String all =
        RequestText.fill("{post}{chunked}\r\n{chunks}{post}{end}", "/effect", "b".repeat(3000))
            + "GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(30)
            + "bad\r\n\r\n";
    try (RawClient client = new RawClient(server)) {
      client.send(all.substring(0, random.nextInt(all.length() + 1)));
      switch (random.nextInt(3)) {
        case 0 -> client.socket().setSoLinger(true, 0);
        case 1 -> {
          client.endOutput();
          client.socket().getInputStream().readAllBytes();
        }
        default -> {
          // Closed while answers are on their way, or while the server waits for the rest.
        }
      }
    }
  }

  @Test
  void aBufferThatIsKeptWouldBeSeen() {
    await()
        .until(() -> {
          PooledByteBufAllocator.DEFAULT.directBuffer();
          report();
          return leaks.stream().anyMatch(leak -> leak.contains("LEAK"));
        });
  }

  /** What nobody refers to any more is found by the collector, and told at the next allocation. */
  @SuppressWarnings("System.gc")
  private static void report() {
    System.gc();
    assertThat(PooledByteBufAllocator.DEFAULT.directBuffer().release()).isTrue();
  }
}
