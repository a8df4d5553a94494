package dev.espora.bench;

import dev.espora.bench.strategies.Ledger;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Transactions at random on the accounts of a ledger, and what became of them. */
final class Bookings implements IntConsumer {
  private final Ledger ledger;
  private final LongAdder[] acknowledged =
      Stream.generate(LongAdder::new).limit(Ledger.ACCOUNTS).toArray(LongAdder[]::new);

  Bookings(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void accept(int caller) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int account = random.nextInt(Ledger.ACCOUNTS);
    // Two credits to one debit: balances rise, and hardly any debit is rejected.
    long cents = random.nextLong(1, 10_000) * (random.nextInt(3) == 0 ? -1 : 1);
    if (ledger.book(account, cents) > 0) {
      acknowledged[account].add(cents);
    }
  }

  /** What was booked so far, by account. */
  List<Long> acknowledgedCents() {
    return Stream.of(acknowledged).map(LongAdder::sum).toList();
  }
}
