import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bank contest's load profile at its own rates or a multiple of them, open-loop: debits rise from 1 to 220 a second over
 * two minutes and stay there for two, credits to 110, statements to 10; each request comes on a connection of its own.
 *
 * <p>{@code java bench/scripts/ContestProfile.java PORT [SCALE]}, against a server on 127.0.0.1 with accounts 1 to 5. Latency
 * counts from the moment at which a request was due. Every answer is checked: its status, and that no balance is below
 * its limit.
 */
class ContestProfile {
  private static final double RISE_SECONDS = 120;
  private static final double HOLD_SECONDS = 120;
  private static final Pattern BALANCE =
      Pattern.compile("\"limite\":(\\d+),\"saldo\":(-?\\d+)");

  /** A kind of request and the rate that it reaches, per second. */
  private record Kind(String name, double rate, ConcurrentLinkedQueue<Long> latencies) {
    Kind(String name, double rate) {
      this(name, rate, new ConcurrentLinkedQueue<>());
    }

    /** How many are due so many seconds after the start. */
    long due(double seconds) {
      double rising = Math.min(seconds, RISE_SECONDS);
      double holding = Math.max(0, Math.min(seconds, RISE_SECONDS + HOLD_SECONDS) - RISE_SECONDS);
      return (long) (rising + (rate - 1) * rising * rising / (2 * RISE_SECONDS) + rate * holding);
    }
  }

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final int port;

  private ContestProfile(int port) {
    this.port = port;
  }

  public static void main(String[] arguments) throws Exception {
    double scale = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1;
    new ContestProfile(Integer.parseInt(arguments[0])).run(scale);
  }

  private void run(double scale) {
    List<Kind> kinds =
        List.of(
            new Kind("debits", 220 * scale),
            new Kind("credits", 110 * scale),
            new Kind("statements", 10 * scale));
    long[] sent = new long[kinds.size()];
    long start = System.nanoTime();
    System.out.printf("About %.0f s at %s times the contest's rates.%n", RISE_SECONDS + HOLD_SECONDS, scale);
    try (ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
      double seconds = 0;
      while (seconds < RISE_SECONDS + HOLD_SECONDS) {
        seconds = (System.nanoTime() - start) / 1e9;
        for (int i = 0; i < sent.length; i++) {
          Kind kind = kinds.get(i);
          for (long due = kind.due(seconds); sent[i] < due; sent[i]++) {
            long now = System.nanoTime();
            users.execute(() -> user(kind, now));
          }
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
    kinds.forEach(ContestProfile::print);
    System.out.println("failed " + failures.size() + failures.stream().limit(3).map(f -> "  " + f).toList());
  }

  private void user(Kind kind, long due) {
    try {
      String answer = exchange(request(kind));
      kind.latencies.add(System.nanoTime() - due);
      check(kind, answer);
    } catch (IOException e) {
      failures.add(kind.name + ": " + e);
    }
  }

  private static String request(Kind kind) {
    int account = ThreadLocalRandom.current().nextInt(1, 6);
    if (kind.name.equals("statements")) {
      return "GET /clientes/" + account + "/extrato HTTP/1.1\r\nHost: bank\r\nConnection: close\r\n\r\n";
    }
    String body =
        "{\"valor\": %d, \"tipo\": \"%s\", \"descricao\": \"abcdefghij\"}"
            .formatted(ThreadLocalRandom.current().nextInt(1, 10_001), kind.name.substring(0, 1));
    return "POST /clientes/%d/transacoes HTTP/1.1\r\nHost: bank\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(account, body.length(), body);
  }

  private String exchange(String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
      socket.setSoTimeout(10_000);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      in.transferTo(answer);
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  private void check(Kind kind, String answer) {
    boolean accepted = answer.startsWith("HTTP/1.1 200 ");
    boolean rejected = answer.startsWith("HTTP/1.1 422 ") && kind.name.equals("debits");
    Matcher balance = BALANCE.matcher(answer);
    boolean overdrawn =
        balance.find() && Long.parseLong(balance.group(2)) < -Long.parseLong(balance.group(1));
    if (!(accepted || rejected) || overdrawn) {
      failures.add(kind.name + ": " + answer.lines().findFirst().orElse("no answer"));
    }
  }

  private static void print(Kind kind) {
    long[] sorted = kind.latencies.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "%-10s  %,7d  p50 %.2f ms  p99 %.2f ms  max %.1f ms%n",
        kind.name,
        sorted.length,
        at(sorted, 0.50),
        at(sorted, 0.99),
        at(sorted, 1));
  }

  private static double at(long[] sorted, double quantile) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)] / 1e6;
  }
}
