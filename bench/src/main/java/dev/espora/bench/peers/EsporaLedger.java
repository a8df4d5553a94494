package dev.espora.bench.peers;

import dev.espora.db.Database;
import dev.espora.db.Decision;
import dev.espora.db.Partition;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Espora: a partition for each account, whose log is its rows. */
public final class EsporaLedger implements LedgerEngine {

  /** A row; also the command. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Row(long cents, byte[] bytes) {}

  private static final class Rules implements StateMachine<Account, Row, Row, Boolean> {
    private static final Codec<Row> ROWS = Codec.of(Row.class);
    private static final Codec<Account> ACCOUNTS = Codec.of(Account.class);

    @Override
    public Account initial() {
      return new Account(0, 0);
    }

    @Override
    public Decision<Row, Boolean> decide(Account account, Row row) {
      return LedgerEngine.allows(account.balance(), row.cents())
          ? Decision.accept(row, true)
          : Decision.reject(false);
    }

    @Override
    public Account evolve(Account account, Row row) {
      return new Account(account.balance() + row.cents(), account.rows() + 1);
    }

    @Override
    public Codec<Row> eventCodec() {
      return ROWS;
    }

    @Override
    public Codec<Account> stateCodec() {
      return ACCOUNTS;
    }
  }

  private final Database database;
  private final List<Partition<Account, Row, Boolean>> accounts = new ArrayList<>();

  public EsporaLedger(Path directory) {
    database = Database.open(directory);
    for (int account = 0; account < ACCOUNTS; account++) {
      accounts.add(database.partition("account-" + account, new Rules()));
    }
  }

  @Override
  public boolean book(int account, long cents, byte[] row) {
    return accounts.get(account).submit(new Row(cents, row)).result();
  }

  @Override
  public Account account(int account) {
    return accounts.get(account).state();
  }

  @Override
  public void close() {
    database.close();
  }
}
