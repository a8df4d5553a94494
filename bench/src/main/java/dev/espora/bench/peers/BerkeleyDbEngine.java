package dev.espora.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Durability;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationStatus;
import com.sleepycat.je.Transaction;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Berkeley DB Java Edition with {@code COMMIT_SYNC}. It groups the syncs of concurrent commits by
 * itself; with a group commit in front, what came together is one transaction. Its cache is its
 * default, most of the heap.
 */
public final class BerkeleyDbEngine implements KeyValueEngine, TransactionalEngine {

  /** Larger than the default of 10 MB, as for any busy log: fewer files to clean and to open. */
  private static final String LOG_FILE_BYTES = String.valueOf(100 << 20);

  private static final int LOCK_SECONDS = 10;

  private final Environment environment;
  private final Database database;
  private final Grouping grouping;
  private final GroupCommit<Change> commits =
      new GroupCommit<>("je-committer", GroupCommit.Alone.COMMITS, this::commit);

  public BerkeleyDbEngine(Path directory, Grouping grouping) {
    this.grouping = grouping;
    EnvironmentConfig configuration = new EnvironmentConfig();
    configuration.setAllowCreate(true);
    configuration.setTransactional(true);
    configuration.setDurability(Durability.COMMIT_SYNC);
    // with a transaction for each of 64 callers some wait for longer than its 500 ms
    configuration.setLockTimeout(LOCK_SECONDS, TimeUnit.SECONDS);
    configuration.setConfigParam(EnvironmentConfig.LOG_FILE_MAX, LOG_FILE_BYTES);
    environment = new Environment(directory.toFile(), configuration);
    database =
        environment.openDatabase(
            null, "bench", new DatabaseConfig().setAllowCreate(true).setTransactional(true));
  }

  @Override
  public void put(String key, byte[] value) {
    transact(new Put(key, value));
  }

  @Override
  public void transact(Change change) {
    if (grouping == Grouping.IN_FRONT) {
      commits.submit(change);
    } else {
      commit(List.of(change));
    }
  }

  private void commit(Iterable<Change> changes) {
    Transaction transaction = environment.beginTransaction(null, null);
    View view = new View(database, transaction);
    changes.forEach(change -> change.applyTo(view));
    transaction.commit();
  }

  /** Reads as one who will write, so that nobody else does. */
  private record View(Database database, Transaction transaction) implements Change.View {

    @Override
    public byte @Nullable [] get(String key) {
      return read(database, transaction, key, LockMode.RMW);
    }

    @Override
    public void put(String key, byte[] value) {
      OperationStatus status = database.put(transaction, entry(key), new DatabaseEntry(value));
      if (status != OperationStatus.SUCCESS) {
        throw new IllegalStateException("put gave " + status);
      }
    }
  }

  @Override
  public byte @Nullable [] get(String key) {
    return read(database, null, key, LockMode.DEFAULT);
  }

  private static byte @Nullable [] read(
      Database database, @Nullable Transaction transaction, String key, LockMode lock) {
    DatabaseEntry value = new DatabaseEntry();
    OperationStatus status = database.get(transaction, entry(key), value, lock);
    return status == OperationStatus.SUCCESS ? value.getData() : null;
  }

  private static DatabaseEntry entry(String key) {
    return new DatabaseEntry(key.getBytes(UTF_8));
  }

  @Override
  public void close() {
    commits.close();
    database.close();
    environment.close();
  }
}
