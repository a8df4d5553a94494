package dev.espora.bank;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Partition;
import dev.espora.db.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * A bank in a database: each account is a partition of its own, so that accounts commit side by
 * side. Any number of banks, in any number of processes, may share one database.
 *
 * <p>Safe for use by any number of threads; no call waits.
 */
public final class Bank {
  private final InstantSource clock;
  private final Map<Long, Ledger> ledgers;

  private Bank(InstantSource clock, Map<Long, Ledger> ledgers) {
    this.clock = clock;
    this.ledgers = ledgers;
  }

  /**
   * Opens the bank of a database. Waits for the database.
   *
   * @param firstStart the accounts, if the database has none yet; otherwise those it has stay
   * @throws DatabaseException if the database fails
   */
  public static Bank open(Database database, Accounts firstStart, InstantSource clock) {
    Partition<Accounts, Accounts, Accounts> list =
        database.partition("accounts", new AccountsMachine());
    Accounts stored = list.state();
    if (stored.limits().isEmpty()) {
      stored = list.submit(firstStart).result();
    }
    Map<Long, Ledger> ledgers = new HashMap<>();
    stored.limits().forEach((id, limit) -> ledgers.put(id, new Ledger(database, id, limit)));
    return new Bank(clock, ledgers);
  }

  /** The limit of an account in cents; empty if there is no such account. */
  public OptionalLong limit(long id) {
    Ledger ledger = ledgers.get(id);
    return ledger == null ? OptionalLong.empty() : OptionalLong.of(ledger.limit());
  }

  /**
   * Moves money.
   *
   * @param key an idempotency key: if this account saw it among its last 1,000, the first answer is
   *     given again and nothing moves
   * @return the outcome, once it is as durable as the database promises; fails with a {@link
   *     DatabaseException}
   * @throws IllegalArgumentException if there is no such account
   */
  public CompletionStage<Outcome> move(long id, Movement movement, Optional<String> key) {
    AccountCommand command = new AccountCommand(movement, now(), key);
    return ledger(id)
        .partition()
        .thenCompose(partition -> partition.submitAsync(command).thenApply(Receipt::result));
  }

  /**
   * The newest durable state of an account, whichever process changed it last.
   *
   * @return fails with a {@link DatabaseException}
   * @throws IllegalArgumentException if there is no such account
   */
  public CompletionStage<Statement> statement(long id) {
    Ledger ledger = ledger(id);
    return ledger
        .partition()
        .thenApply(partition -> {
          Account account = partition.state();
          return new Statement(account.balance(), ledger.limit(), now(), account.newest());
        });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  private Ledger ledger(long id) {
    Ledger ledger = ledgers.get(id);
    if (ledger == null) {
      throw new IllegalArgumentException("no account " + id);
    }
    return ledger;
  }
}
