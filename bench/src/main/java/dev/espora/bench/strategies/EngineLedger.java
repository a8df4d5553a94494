package dev.espora.bench.strategies;

import dev.espora.db.Database;
import dev.espora.db.Decision;
import dev.espora.db.Forwarding;
import dev.espora.db.Partition;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Espora: a partition for each account, shared by all processes. */
public final class EngineLedger implements Ledger {

  /** One row; also the command, the time coming in with it. */
  record Row(long cents, String description, Instant bookedAt) {}

  /**
   * @param records how many there were
   * @param newest rows, newest first, at most {@link Ledger#NEWEST}
   */
  record Account(long balance, long records, List<Row> newest) {
    Account {
      newest = List.copyOf(newest);
    }
  }

  /** The rules: a debit below the limit is rejected. */
  static final class Rules implements StateMachine<Account, Row, Row, Long> {
    static final Rules RULES = new Rules();

    private static final Codec<Row> ROWS = Codec.of(Row.class);
    private static final Codec<Account> ACCOUNTS = Codec.of(Account.class);
    private static final Forwarding<Row, Long> FORWARDING = Forwarding.of(Row.class, Long.class);

    @Override
    public Account initial() {
      return new Account(0, 0, List.of());
    }

    @Override
    public Decision<Row, Long> decide(Account account, Row command) {
      boolean allowed = command.cents() > 0 || account.balance() + command.cents() >= -LIMIT_CENTS;
      return allowed ? Decision.accept(command, account.records() + 1) : Decision.reject(0L);
    }

    @Override
    public Account evolve(Account account, Row row) {
      List<Row> newest = new ArrayList<>(NEWEST);
      newest.add(row);
      List<Row> before = account.newest();
      newest.addAll(before.subList(0, Math.min(before.size(), NEWEST - 1)));
      return new Account(account.balance() + row.cents(), account.records() + 1, newest);
    }

    @Override
    public Codec<Row> eventCodec() {
      return ROWS;
    }

    @Override
    public Codec<Account> stateCodec() {
      return ACCOUNTS;
    }

    @Override
    public Optional<Forwarding<Row, Long>> forwarding() {
      return Optional.of(FORWARDING);
    }
  }

  private final Database database;
  private final List<Partition<Account, Row, Long>> accounts = new ArrayList<>();

  /**
   * @param database closed with the ledger
   */
  public EngineLedger(Database database) {
    this.database = database;
    for (int account = 1; account <= ACCOUNTS; account++) {
      accounts.add(database.partition("account-" + account, Rules.RULES));
    }
  }

  @Override
  public long book(int account, long cents) {
    return accounts.get(account).submit(new Row(cents, "abcdefghij", Instant.now())).result();
  }

  @Override
  public long balance(int account) {
    return accounts.get(account).state().balance();
  }

  @Override
  public long records(int account) {
    return accounts.get(account).state().records();
  }

  @Override
  public void close() {
    database.close();
  }
}
