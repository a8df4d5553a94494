package dev.espora.bench;

import dev.espora.bench.PeerWork.Writes;
import dev.espora.bench.peers.LedgerEngine;
import dev.espora.bench.peers.LedgerEngine.Account;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * What a process does with the ledger of one engine: bookings on accounts at random. In the end,
 * and once more after closing and opening it, every account must have the balance and as many rows
 * as were acknowledged.
 */
final class PeerBookings {
  private static final long MOST_CENTS = 10_000;

  private final PeerWork work;
  private final LongAdder[] cents = adders();
  private final LongAdder[] rows = adders();

  PeerBookings(PeerWork work) {
    this.work = work;
  }

  private static LongAdder[] adders() {
    return Stream.generate(LongAdder::new).limit(LedgerEngine.ACCOUNTS).toArray(LongAdder[]::new);
  }

  /** The answer: {@link Writes}. */
  String run() throws Exception {
    Writes writes = measure();
    if (work.peer().keeps()) {
      try (LedgerEngine reopened = work.peer().openLedger(work.directory())) {
        check(reopened);
      }
    }
    return writes.format();
  }

  private Writes measure() throws Exception {
    try (LedgerEngine engine = work.peer().openLedger(work.directory())) {
      if (!work.warmup().isZero()) {
        var _ = work.load().run(work.warmup(), _ -> book(engine));
      }
      long before = acknowledged();
      long used = DiskUse.usedBytes(work.directory());
      work.touch(PeerWork.BEGIN);
      Sample sample = work.load().run(work.measured(), _ -> book(engine));
      work.touch(PeerWork.END);
      check(engine);
      return new Writes(
          sample, acknowledged() - before, DiskUse.usedBytes(work.directory()) - used);
    }
  }

  private void book(LedgerEngine engine) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int account = random.nextInt(LedgerEngine.ACCOUNTS);
    // Two credits to one debit: balances rise, and hardly any debit is refused.
    long booked = random.nextLong(1, MOST_CENTS) * (random.nextInt(3) == 0 ? -1 : 1);
    if (engine.book(account, booked, work.entries().randomValue())) {
      cents[account].add(booked);
      rows[account].increment();
    }
  }

  private long acknowledged() {
    return Stream.of(rows).mapToLong(LongAdder::sum).sum();
  }

  private void check(LedgerEngine engine) {
    for (int account = 0; account < LedgerEngine.ACCOUNTS; account++) {
      Account acknowledged = new Account(cents[account].sum(), rows[account].sum());
      Account found = engine.account(account);
      if (!found.equals(acknowledged)) {
        throw new IllegalStateException(
            "account %d is %s, but acknowledged was %s".formatted(account, found, acknowledged));
      }
    }
  }
}
