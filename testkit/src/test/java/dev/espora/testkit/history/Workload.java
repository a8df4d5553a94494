package dev.espora.testkit.history;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Limits;
import dev.espora.db.Medium;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.testkit.history.Account.Balance;
import dev.espora.testkit.history.Account.Booking;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Operations on a store and on accounts of one database, each of them recorded. */
final class Workload implements AutoCloseable {
  static final String STORE = "numbers";
  static final List<String> KEYS = List.of("a", "b", "c", "d", "e", "f");
  static final List<String> ACCOUNTS = List.of("account-0", "account-1");

  /** Makes values that no other process writes, so that a read tells which write it saw. */
  private final AtomicLong values = new AtomicLong(ThreadLocalRandom.current().nextLong() >>> 20);

  private final Database db;
  private final Store<String, Long> store;
  private final Recorder<Ask, Told> asked;
  private final Recorder<Booking, Balance> booked;

  /**
   * Opens the database.
   *
   * @param lockWait how long an operation waits for a lock
   */
  Workload(
      Medium medium,
      Duration lockWait,
      Recorder<Ask, Told> asked,
      Recorder<Booking, Balance> booked) {
    Limits limits = Limits.DEFAULTS.withLockWait(lockWait);
    this.db = Database.open(medium, Options.DEFAULTS.withLimits(limits));
    this.store = db.store(STORE, String.class, Long.class);
    ACCOUNTS.forEach(account -> db.partition(account, new Ledger()));
    this.asked = asked;
    this.booked = booked;
  }

  /** Any operation on any of the keys. */
  void askAny(String caller, Random random) {
    String key = KEYS.get(random.nextInt(KEYS.size()));
    ask(
        caller,
        switch (random.nextInt(8)) {
          case 0 -> new Ask.Create(key, values.incrementAndGet());
          case 1 -> new Ask.Delete(key);
          case 2, 3 -> new Ask.Put(key, values.incrementAndGet());
          case 4 -> new Ask.Add(key, 1 + random.nextInt(9));
          default -> new Ask.Read(key);
        });
  }

  Told ask(String caller, Ask ask) {
    return asked.record(caller, ask, () -> perform(ask));
  }

  private Told perform(Ask ask) {
    try {
      return switch (ask) {
        case Ask.Read read -> Told.read(store.read(read.key()).map(entry -> entry.value()));
        case Ask.Put put -> {
          store.put(put.key(), put.value());
          yield Told.DONE;
        }
        case Ask.Create create -> {
          store.create(create.key(), create.value());
          yield Told.DONE;
        }
        case Ask.Delete delete -> {
          store.delete(delete.key());
          yield Told.DONE;
        }
        case Ask.Add add -> {
          long[] sum = new long[1]; // of the last attempt, the one that was made
          store.modify(add.key(), value -> sum[0] = value + add.value());
          yield Told.value(sum[0]);
        }
      };
    } catch (DatabaseException.AlreadyExists | DatabaseException.Missing e) {
      return Told.REFUSED;
    }
  }

  /** A credit, a debit or a look at any of the accounts. */
  void bookAny(String caller, Random random) {
    String account = ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
    book(caller, new Booking(account, random.nextInt(4) == 0 ? 0 : random.nextInt(-30, 31)));
  }

  Balance book(String caller, Booking booking) {
    return booked.record(
        caller,
        booking,
        () -> {
          var account = db.partition(booking.account(), new Ledger());
          return booking.cents() == 0
              ? new Balance(true, account.state().cents())
              : account.submit(booking.cents()).result();
        });
  }

  /** One operation that writes to a partition. */
  void write(String caller, String partition) {
    if (partition.equals(STORE)) {
      ask(caller, new Ask.Put(KEYS.getFirst(), values.incrementAndGet()));
    } else {
      book(caller, new Booking(partition, 1));
    }
  }

  /** Looks at everything. */
  void readAll(String caller) {
    KEYS.forEach(key -> ask(caller, new Ask.Read(key)));
    ACCOUNTS.forEach(account -> book(caller, new Booking(account, 0)));
  }

  @Override
  public void close() {
    db.close();
  }
}
