package dev.espora.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Transaction;
import org.rocksdb.TransactionDB;
import org.rocksdb.TransactionDBOptions;
import org.rocksdb.TransactionOptions;

/**
 * RocksDB's pessimistic transactions, which its manual advises where many write the same keys: a
 * read locks its key until the commit. With a group commit in front, what came together is one
 * transaction.
 */
public final class RocksDbTransactions implements TransactionalEngine {

  /** 256 callers queue up for five keys. */
  private static final long LOCK_TIMEOUT_MILLIS = 10_000;

  private final RocksDbOptions options = new RocksDbOptions();
  private final TransactionDBOptions transactionOptions = new TransactionDBOptions();
  private final TransactionOptions waiting =
      new TransactionOptions().setLockTimeout(LOCK_TIMEOUT_MILLIS);
  private final ReadOptions newest = new ReadOptions();
  private final TransactionDB database;
  private final Grouping grouping;
  private final GroupCommit<Change> commits =
      new GroupCommit<>("rocksdb-committer", GroupCommit.Alone.COMMITS, this::commit);

  public RocksDbTransactions(Path directory, Grouping grouping) throws RocksDBException {
    this.grouping = grouping;
    database = TransactionDB.open(options.options(), transactionOptions, directory.toString());
  }

  private record View(Transaction transaction, ReadOptions newest) implements Change.View {

    @Override
    public byte @Nullable [] get(String key) {
      try {
        return transaction.getForUpdate(newest, key.getBytes(UTF_8), true);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void put(String key, byte[] value) {
      try {
        transaction.put(key.getBytes(UTF_8), value);
      } catch (RocksDBException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void transact(Change change) {
    if (grouping == Grouping.IN_FRONT) {
      commits.submit(change);
      return;
    }
    try {
      commit(List.of(change));
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  private void commit(Iterable<Change> changes) throws RocksDBException {
    try (Transaction transaction = database.beginTransaction(options.synced(), waiting)) {
      View view = new View(transaction, newest);
      changes.forEach(change -> change.applyTo(view));
      transaction.commit();
    }
  }

  @Override
  public byte @Nullable [] get(String key) {
    try {
      return database.get(key.getBytes(UTF_8));
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    commits.close();
    database.close();
    newest.close();
    waiting.close();
    transactionOptions.close();
    options.close();
  }
}
