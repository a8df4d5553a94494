package dev.espora.bench;

import dev.espora.bench.strategies.EngineLedger;
import dev.espora.bench.strategies.Ledger;
import dev.espora.db.Database;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a process does that keeps the accounts of {@link NodesBench}: it opens a database, then does
 * whatever it is asked for, a line a question. To each, and when it is open, it answers with {@link
 * PeerWork#DONE} and what it found, or {@link PeerWork#FAILED} and why, after which it ends.
 *
 * @param scheme of the medium
 * @param place where, in the medium's words
 */
record NodeWork(String scheme, String place) {
  static final String NAME = "node";

  /** What the benchmark may ask for. */
  enum Question {
    /** Answers with nanoseconds from opening the database to the states of all accounts. */
    READY,
    /** Books for a while: callers, threads, milliseconds; answers with a {@link Sample}. */
    BOOK,
    /** Books so many transactions, and answers with nothing. */
    FILL,
    /** Goes on booking, and answers with nothing at once. */
    GO_ON,
    /** Answers with cents by account that this process was acknowledged, separated by commas. */
    ACKNOWLEDGED,
    /** Answers with the balances, the same way. */
    BALANCES,
    /** Answers with the number of records of all accounts. */
    RECORDS,
    /** Answers with nothing when all is closed. */
    CLOSE
  }

  private static final Load WRITERS = new Load(Callers.VIRTUAL, 2048);

  List<String> arguments() {
    return List.of(NAME, scheme, place);
  }

  static NodeWork parse(List<String> arguments) {
    return new NodeWork(arguments.get(0), arguments.get(1));
  }

  void run(Child.Parent parent) {
    try {
      answer(parent);
    } catch (Throwable e) {
      // A medium that is missing or does not fit may be an error, not an exception.
      parent.send(PeerWork.failed(e));
    }
  }

  private void answer(Child.Parent parent) throws Exception {
    long start = System.nanoTime();
    Database database = Database.open(Medium.at(scheme, place), Options.DEFAULTS);
    try (Ledger ledger = new EngineLedger(database)) {
      String _ = balances(ledger);
      long ready = System.nanoTime() - start;
      Bookings bookings = new Bookings(ledger);
      parent.send(PeerWork.DONE);
      for (Optional<String> line = parent.receive(); line.isPresent(); line = parent.receive()) {
        String[] words = line.get().split(" ", -1);
        Question question = Question.valueOf(words[0]);
        if (question == Question.CLOSE) {
          break;
        }
        parent.send(
            PeerWork.DONE
                + switch (question) {
                  case READY -> String.valueOf(ready);
                  case BOOK -> book(bookings, words);
                  case FILL -> fill(bookings, Integer.parseInt(words[1]));
                  case GO_ON -> goOn(bookings);
                  case ACKNOWLEDGED -> list(bookings.acknowledgedCents());
                  case BALANCES -> balances(ledger);
                  case RECORDS -> records(ledger);
                  case CLOSE -> throw new IllegalStateException("closed above");
                });
      }
    }
    parent.send(PeerWork.DONE);
  }

  private static String book(Bookings bookings, String[] words) {
    Load load = new Load(Callers.valueOf(words[1]), Integer.parseInt(words[2]));
    return load.run(Duration.ofMillis(Long.parseLong(words[3])), bookings).format();
  }

  private static String fill(Bookings bookings, int transactions) {
    AtomicInteger left = new AtomicInteger(transactions);
    WRITERS.each(() -> {
      while (left.getAndDecrement() > 0) {
        bookings.accept(0);
      }
    });
    return "";
  }

  private static String goOn(Bookings bookings) {
    Thread.ofPlatform().daemon().start(() -> fill(bookings, Integer.MAX_VALUE));
    return "";
  }

  private static String balances(Ledger ledger) {
    return list(accounts().mapToObj(ledger::balance).toList());
  }

  private static String records(Ledger ledger) {
    return String.valueOf(accounts().mapToLong(ledger::records).sum());
  }

  private static IntStream accounts() {
    return IntStream.range(0, Ledger.ACCOUNTS);
  }

  private static String list(List<Long> cents) {
    return cents.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
