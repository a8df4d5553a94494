package dev.espora.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Callers that credit accounts through the balancer all the time, each time with a description of
 * its own, and keep book of what they were told of each. Every second one has an idempotency key
 * and is repeated until it is acknowledged; what becomes of the others without an answer nobody
 * ever says.
 */
final class Deposits implements AutoCloseable {
  private static final long PAUSE_NANOS = 2_000_000;

  /** What is known of one. */
  enum Fate {
    ACKNOWLEDGED,
    UNKNOWN,
    /** It was said that nothing was changed. */
    REFUSED
  }

  record Deposit(int account, long cents, String description, boolean keyed) {}

  /** A moment, and when each account first acknowledged what was begun after it. */
  static final class Since {
    private final long nanos = System.nanoTime();
    private final Map<Integer, Long> first = new ConcurrentHashMap<>();

    long millisSoFar() {
      return (System.nanoTime() - nanos) / 1_000_000;
    }

    /** Whether all of these accounts have. */
    boolean hasAll(List<Integer> accounts) {
      return first.keySet().containsAll(accounts);
    }

    /** Milliseconds until an account did, which it has. */
    long millis(int account) {
      return (Objects.requireNonNull(first.get(account)) - nanos) / 1_000_000;
    }
  }

  private final int port;
  private final int accounts;
  private final AtomicLong next = new AtomicLong();
  private final Map<Deposit, Fate> book = new ConcurrentHashMap<>();
  private final AtomicLong unanswered = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private volatile int firstAccount = 1;
  private volatile Since since = new Since();
  private volatile boolean stopping;

  /**
   * Starts the callers.
   *
   * @param accounts how many are credited at a time
   */
  Deposits(int port, int threads, int accounts) {
    this.port = port;
    this.accounts = accounts;
    for (int i = 0; i < threads; i++) {
      callers.add(Thread.ofPlatform().name("deposits-" + i).start(this::call));
    }
  }

  /** From now on these accounts are credited. */
  void creditFrom(int account) {
    firstAccount = account;
  }

  /** From now on. */
  Since mark() {
    Since now = new Since();
    since = now;
    return now;
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /** How often nobody said what became of one, repeated ones each time. */
  long unanswered() {
    return unanswered.get();
  }

  Map<Deposit, Fate> book() {
    return Map.copyOf(book);
  }

  /** How many there are of each fate. */
  Map<Fate, Long> fates() {
    return book.values().stream()
        .collect(
            Collectors.groupingBy(
                fate -> fate, () -> new EnumMap<>(Fate.class), Collectors.counting()));
  }

  /** What no caller should meet. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  private void call() {
    @Nullable Deposit open = null;
    while (!stopping) {
      try (Client client = new Client(port)) {
        while (!stopping) {
          Deposit deposit = open == null ? next() : open;
          open = deposit.keyed() ? deposit : null;
          if (send(client, deposit)) {
            open = null;
          }
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NANOS); // killed, which is what this is about
      } catch (RuntimeException | AssertionError e) {
        failures.add(e);
        return;
      }
    }
  }

  private Deposit next() {
    long number = next.incrementAndGet();
    int account = firstAccount + (int) (number % accounts);
    boolean keyed = number / accounts % 2 == 0;
    return new Deposit(account, number % 97 + 1, Long.toString(number, 36), keyed);
  }

  /** Says whether it was acknowledged. */
  private boolean send(Client client, Deposit deposit) throws IOException {
    book.put(deposit, Fate.UNKNOWN);
    Since mark = since;
    long begun = System.nanoTime();
    try {
      Answer answer = ask(client, deposit);
      if (answer.status() == 200) {
        book.put(deposit, Fate.ACKNOWLEDGED);
        acknowledged.incrementAndGet();
        if (begun - mark.nanos >= 0) {
          mark.first.putIfAbsent(deposit.account(), System.nanoTime());
        }
        return true;
      }
      if (Served.unclear(answer).isEmpty() && !deposit.keyed()) {
        book.put(deposit, Fate.REFUSED);
      }
      return false;
    } catch (IOException e) {
      unanswered.incrementAndGet();
      throw e;
    }
  }

  private static Answer ask(Client client, Deposit deposit) throws IOException {
    String[] headers =
        deposit.keyed()
            ? new String[] {"Idempotency-Key: " + deposit.description()}
            : new String[0];
    return client.transaction(
        deposit.account(), deposit.cents(), 'c', deposit.description(), headers);
  }

  /** Lets the requests in flight end; returns once no caller is left. */
  @Override
  public void close() {
    stopping = true;
    for (Thread caller : callers) {
      try {
        caller.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
