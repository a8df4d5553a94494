package dev.espora.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers that credit the five accounts as fast as they can, and keep book of what they were told.
 *
 * <p>Each transaction has a key of its own. One that got no answer may have taken effect or not:
 * its outcome is unknown until it is repeated with the same key.
 */
final class Load implements AutoCloseable {
  private static final int ACCOUNTS = 5;
  private static final long RECONNECT_NANOS = 2_000_000;

  record Credit(int account, long cents, String key) {}

  private final int port;
  private final String name;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLongArray acknowledged = new AtomicLongArray(ACCOUNTS + 1);
  private final Queue<Credit> unknown = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> unexpected = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * Starts the callers; {@code name} makes the keys of this load different from those of others.
   */
  Load(int port, String name, int threads) {
    this.port = port;
    this.name = name;
    for (int i = 0; i < threads; i++) {
      callers.add(Thread.ofPlatform().name("load-" + i).start(this::call));
    }
  }

  /** Requests that were answered so far. */
  long answers() {
    return answers.get();
  }

  /** The cents that were acknowledged on an account. */
  long acknowledged(int account) {
    return acknowledged.get(account);
  }

  /** The cents on an account that nobody was told about. */
  long unknown(int account) {
    return unknown.stream().filter(c -> c.account() == account).mapToLong(Credit::cents).sum();
  }

  /** Answers that no credit should get. */
  List<Answer> unexpected() {
    return List.copyOf(unexpected);
  }

  /** Repeats what had no answer, with the same keys: from then on it counts as acknowledged. */
  void settle() throws IOException {
    try (Client client = new Client(port)) {
      for (Credit credit = unknown.poll(); credit != null; credit = unknown.poll()) {
        Answer answer = send(client, credit);
        if (answer.status() != 200) {
          throw new AssertionError(credit + " repeated: " + answer);
        }
        acknowledged.addAndGet(credit.account(), credit.cents());
      }
    }
  }

  private void call() {
    Credit credit = nextCredit();
    while (!stopping) {
      try (Client client = new Client(port)) {
        while (!stopping) {
          if (isAcknowledged(client, credit)) {
            credit = nextCredit();
          }
        }
      } catch (IOException e) {
        // The connection is gone, which is what these tests are about: the same again on another.
        LockSupport.parkNanos(RECONNECT_NANOS);
      }
    }
    unknown.add(credit);
  }

  private Credit nextCredit() {
    long number = next.incrementAndGet();
    return new Credit((int) (number % ACCOUNTS) + 1, number % 7 + 1, name + "-" + number);
  }

  private boolean isAcknowledged(Client client, Credit credit) throws IOException {
    Answer answer = send(client, credit);
    if (answer.status() == 200) {
      acknowledged.addAndGet(credit.account(), credit.cents());
      answers.incrementAndGet();
      return true;
    }
    if (answer.status() != 503) {
      unexpected.add(answer);
    }
    return false;
  }

  private static Answer send(Client client, Credit credit) throws IOException {
    return client.transaction(
        credit.account(), credit.cents(), 'c', "load", "Idempotency-Key: " + credit.key());
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
