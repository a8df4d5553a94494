package dev.espora.bench.strategies;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** As many credits as debits, so that accounts reach their limits and debits are refused. */
final class LedgerWorkload implements Workload {
  private static final long MOST_CENTS = 10_000;

  private final Ledger ledger;
  private final List<Account> accounts =
      Stream.generate(Account::new).limit(Ledger.ACCOUNTS).toList();

  /** What was acknowledged: the numbers of records, and the sum of their cents. */
  private static final class Account {
    final Set<Long> records = ConcurrentHashMap.newKeySet();
    final LongAdder cents = new LongAdder();
  }

  LedgerWorkload(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void operate() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int number = random.nextInt(Ledger.ACCOUNTS);
    long cents = random.nextLong(1, MOST_CENTS) * (random.nextBoolean() ? 1 : -1);
    long record = ledger.book(number, cents);
    if (record == 0) {
      if (cents > 0) {
        throw new WrongResult("a credit to account " + (number + 1) + " was refused");
      }
      return;
    }
    Account account = accounts.get(number);
    if (!account.records.add(record)) {
      throw new WrongResult(
          "account %d has two records of number %d".formatted(number + 1, record));
    }
    account.cents.add(cents);
  }

  @Override
  public long acknowledged() {
    return accounts.stream().mapToLong(account -> account.records.size()).sum();
  }

  @Override
  public void check() {
    for (int number = 0; number < Ledger.ACCOUNTS; number++) {
      Account account = accounts.get(number);
      equal(number, "records", ledger.records(number), account.records.size());
      long balance = ledger.balance(number);
      equal(number, "cents", balance, account.cents.sum());
      if (balance < -Ledger.LIMIT_CENTS) {
        throw new WrongResult(
            "account %d has %d cents, beyond its limit".formatted(number + 1, balance));
      }
    }
  }

  private static void equal(int number, String what, long stored, long acknowledged) {
    if (stored != acknowledged) {
      throw new WrongResult(
          "account %d has %d %s, but %d were acknowledged"
              .formatted(number + 1, stored, what, acknowledged));
    }
  }

  /** A storage that has n records of an account has those of the numbers 1 to n. */
  @Override
  public long lostIn(Storage left) {
    Ledger survivor = left.ledger();
    long lost = 0;
    for (int number = 0; number < Ledger.ACCOUNTS; number++) {
      long stored = survivor.records(number);
      lost += accounts.get(number).records.stream().filter(record -> record > stored).count();
    }
    return lost;
  }
}
