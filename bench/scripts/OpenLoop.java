import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests that begin when they are due, whether earlier ones were answered or not. Latency counts from the moment at which
 * a request was due, so that a server which stops for a while is charged for all who came in the meantime.
 */
final class OpenLoop {
  private static final int SHOWN_FAILURES = 3;

  /** A time in which the rate, per second, goes evenly from one to another. */
  record Phase(double from, double to, double seconds) {

    double count() {
      return (from + to) / 2 * seconds;
    }

    /** The second of this phase in which so many requests are due; they are at most {@link #count}. */
    double moment(double requests) {
      // Due after t seconds: from * t + growth * t * t. This form of the root holds without growth, too.
      double growth = (to - from) / (2 * seconds);
      return 2 * requests / (from + Math.sqrt(from * from + 4 * growth * requests));
    }
  }

  /** Sends one request and checks its answer. */
  @FunctionalInterface
  interface Visitor {
    void visit(Visit visit) throws IOException;
  }

  /** Requests of one kind, and what became of them. */
  static final class Kind {
    private final String name;
    private final List<Phase> phases;
    private final Visitor visitor;
    private final Queue<String> failures;
    private final Queue<Long> latencies = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();

    private Kind(String name, List<Phase> phases, Visitor visitor, Queue<String> failures) {
      this.name = name;
      this.phases = phases;
      this.visitor = visitor;
      this.failures = failures;
    }

    String name() {
      return name;
    }

    /** Nanoseconds from the start to the next request; {@link Long#MAX_VALUE} if there is none. */
    private long next() {
      double left = number.get() + 1;
      double seconds = 0;
      for (Phase phase : phases) {
        if (left <= phase.count()) {
          return (long) ((seconds + phase.moment(left)) * 1e9);
        }
        left -= phase.count();
        seconds += phase.seconds();
      }
      return Long.MAX_VALUE;
    }

    /** Makes a request of this kind now, beside those that are due by its phases. */
    void now(Visitor visitor) {
      visit(new Visit(this, number.getAndIncrement(), System.nanoTime()), visitor);
    }

    private void visit(Visit visit, Visitor visitor) {
      try {
        visitor.visit(visit);
      } catch (IOException | RuntimeException e) {
        visit.fail(e.toString());
      }
    }
  }

  /**
   * One request.
   *
   * @param number from 0, within its kind
   * @param due in the time of {@link System#nanoTime}
   */
  record Visit(Kind kind, int number, long due) {

    void answered() {
      kind.latencies.add(System.nanoTime() - due);
    }

    void fail(String reason) {
      kind.failures.add(kind.name + ": " + reason);
    }
  }

  private final List<Kind> kinds = new ArrayList<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  Kind kind(String name, List<Phase> phases, Visitor visitor) {
    Kind kind = new Kind(name, phases, visitor, failures);
    kinds.add(kind);
    return kind;
  }

  /** A kind of which none are due by themselves. */
  Kind kind(String name) {
    return kind(name, List.of(), _ -> {});
  }

  /** Returns when all that were due are answered. */
  void run() {
    long start = System.nanoTime();
    try (ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
      long next = 0;
      while (next < Long.MAX_VALUE) {
        next = Long.MAX_VALUE;
        for (Kind kind : kinds) {
          long moment = kind.next();
          for (; moment <= System.nanoTime() - start; moment = kind.next()) {
            Visit visit = new Visit(kind, kind.number.getAndIncrement(), start + moment);
            users.execute(() -> kind.visit(visit, kind.visitor));
          }
          next = Math.min(next, moment);
        }
        LockSupport.parkNanos(next < Long.MAX_VALUE ? start + next - System.nanoTime() : 0);
      }
    }
  }

  void fail(String reason) {
    failures.add(reason);
  }

  int failures() {
    return failures.size();
  }

  void print() {
    for (Kind kind : kinds) {
      long[] sorted = kind.latencies.stream().mapToLong(Long::longValue).sorted().toArray();
      System.out.printf(
          "%-10s  %,7d  p50 %.2f ms  p99 %.2f ms  max %.1f ms%n",
          kind.name, sorted.length, at(sorted, 0.50), at(sorted, 0.99), at(sorted, 1));
    }
    System.out.println(
        "failed " + failures.size() + failures.stream().limit(SHOWN_FAILURES).map(f -> "  " + f).toList());
  }

  private static double at(long[] sorted, double quantile) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)] / 1e6;
  }
}
