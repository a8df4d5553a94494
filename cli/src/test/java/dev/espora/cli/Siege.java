package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Honest and hostile clients of one edge, each on a virtual thread of its own. */
final class Siege implements AutoCloseable {
  private static final int ACCOUNTS = 5;

  /** Clients wait for their turn; what they may not meet is the end of their connection. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int REQUESTS_OF_AN_HONEST_CLIENT = 6;

  /** More statements than all buffers on the way hold, however large the kernel makes them. */
  private static final int STATEMENTS_NEVER_READ = 20_000;

  private static final List<Hostile> KINDS = List.of(Hostile.values());

  private static final List<String> BEGUN =
      List.of("{post}A: b", "{post}Content-Length: 99\r\n\r\n{", "{post}{chunked}\r\n4;a");

  private final int port;
  private final long seed;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> clients = new ArrayList<>();
  private final Queue<Socket> silent = new ConcurrentLinkedQueue<>();
  private final Queue<Socket> neverReading = new ConcurrentLinkedQueue<>();
  private final AtomicLong credited = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong attacks = new AtomicLong();
  private final AtomicLong timedOut = new AtomicLong();

  Siege(int port, long seed) {
    this.port = port;
    this.seed = seed;
  }

  /** Clients that each credit every account, and ask for a statement. */
  void honest(int count) {
    for (int i = 0; i < count; i++) {
      begin(() -> {
        try (Client client = new Client(port, PATIENCE)) {
          for (int request = 1; request <= REQUESTS_OF_AN_HONEST_CLIENT; request++) {
            Answer answer =
                request <= ACCOUNTS
                    ? client.transaction(request, request, 'c', "honest")
                    : client.statement(1);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            credited.addAndGet(request <= ACCOUNTS ? request : 0);
            answered.incrementAndGet();
          }
        }
      });
    }
  }

  /** Clients of all hostile kinds in turn. */
  void hostile(int count, int atOnce) {
    Semaphore room = new Semaphore(atOnce);
    for (int i = 0; i < count; i++) {
      int number = i;
      begin(() -> {
        room.acquire();
        try (Socket socket = Hostile.connect(port)) {
          attacks.incrementAndGet();
          KINDS.get(number % KINDS.size()).attack(socket, random(number));
        } catch (IOException _) {
          // The server ended it first, as it may.
        } finally {
          room.release();
        }
      });
    }
  }

  /** Clients that send a part of a request and no more, or a byte of it now and then: 408. */
  void slow(int ofEachKind) {
    for (String begun : BEGUN) {
      for (int i = 0; i < ofEachKind; i++) {
        boolean trickles = i % 2 == 0;
        begin(() -> {
          try (Client client = new Client(port, PATIENCE)) {
            client.send(RequestText.request(begun));
            Thread trickle = trickles ? trickle(client) : Thread.currentThread();
            assertThat(client.read().status()).as("slow client").isEqualTo(408);
            timedOut.incrementAndGet();
            if (trickles) {
              trickle.interrupt();
            }
          }
        });
      }
    }
  }

  private static Thread trickle(Client client) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            while (!Thread.interrupted()) {
              Thread.sleep(200);
              client.send("0");
            }
          } catch (IOException | InterruptedException _) {
            // It has its answer.
          }
        });
  }

  /**
   * Clients that connect, or send a part of a request, and keep still until they are told to go.
   */
  void silent(int count) {
    for (int i = 0; i < count; i++) {
      Random random = random(-1 - i);
      begin(() -> {
        Socket socket = Hostile.connect(port);
        silent.add(socket);
        attacks.incrementAndGet();
        if (random.nextBoolean()) {
          Hostile.send(socket, Hostile.part(random));
        }
      });
    }
  }

  void endSilent() throws IOException {
    for (Socket socket = silent.poll(); socket != null; socket = silent.poll()) {
      socket.close();
    }
  }

  /** Clients that ask for far more than fits into any buffer, read nothing and stay. */
  void neverReading(int count) {
    for (int i = 0; i < count; i++) {
      begin(() -> {
        Socket socket = new Socket();
        neverReading.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        attacks.incrementAndGet();
        try {
          Hostile.send(socket, Hostile.STATEMENT.repeat(STATEMENTS_NEVER_READ));
        } catch (IOException _) {
          // The server had enough.
        }
      });
    }
  }

  /** Waits until all have done what they do; fails if an honest client was not served. */
  void awaitEnd() throws InterruptedException, ExecutionException {
    for (Future<?> client : clients) {
      client.get();
    }
    clients.clear();
  }

  /** What the accounts have is what honest clients were told, and nothing of the others. */
  void assertBalances() throws IOException {
    long total = 0;
    try (Client client = new Client(port)) {
      for (int account = 1; account <= ACCOUNTS; account++) {
        total += client.statement(account).number("total");
      }
    }
    assertThat(total).isEqualTo(credited.get());
  }

  @Override
  public String toString() {
    return "%d honest requests, %d hostile connections, %d slow ones timed out"
        .formatted(answered.get(), attacks.get(), timedOut.get());
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    endSilent();
    for (Socket socket : neverReading) {
      socket.close();
    }
    threads.close();
  }

  /** Random of a client's own; seeds that are close together would begin alike. */
  private Random random(int client) {
    return new Random(new SplittableRandom(seed + client).nextLong());
  }

  /** What a client does. */
  private interface Deed {
    void run() throws Exception;
  }

  private void begin(Deed deed) {
    clients.add(
        threads.submit(() -> {
          deed.run();
          return null;
        }));
  }
}
