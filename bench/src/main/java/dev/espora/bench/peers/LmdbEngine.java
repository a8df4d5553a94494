package dev.espora.bench.peers;

import static java.nio.ByteBuffer.allocateDirect;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * LMDB as it is unless told otherwise: a transaction is synced when its commit returns. It has one
 * writer at a time, so one thread puts what came together into a transaction. Readers renew a
 * transaction instead of opening one, which is why it must not be tied to a thread.
 */
public final class LmdbEngine implements KeyValueEngine, TransactionalEngine {

  /** The most that it can ever hold: address space, not disk. */
  private static final long MAP_BYTES = 16L << 30;

  private static final int MOST_READERS = 1024;
  private static final int KEY_BYTES = 511;

  private final Env<ByteBuffer> environment;
  private final Dbi<ByteBuffer> database;
  private final Queue<Reader> readers = new ConcurrentLinkedQueue<>();
  private final ByteBuffer writtenKey = allocateDirect(KEY_BYTES);
  private final ByteBuffer writtenValue = allocateDirect(Entries.VALUE_BYTES);
  private final GroupCommit<Change> commits =
      new GroupCommit<>("lmdb-committer", GroupCommit.Alone.COMMITS, this::commit);

  /** A transaction at rest, and the buffer for its keys. */
  private record Reader(Txn<ByteBuffer> transaction, ByteBuffer key) {}

  public LmdbEngine(Path directory) {
    environment =
        Env.create()
            .setMapSize(MAP_BYTES)
            .setMaxReaders(MOST_READERS)
            .open(directory.toFile(), EnvFlags.MDB_NOTLS);
    database = environment.openDbi((String) null, DbiFlags.MDB_CREATE);
  }

  @Override
  public void put(String key, byte[] value) {
    transact(new Put(key, value));
  }

  @Override
  public void transact(Change change) {
    commits.submit(change);
  }

  private void commit(Iterable<Change> changes) {
    try (Txn<ByteBuffer> transaction = environment.txnWrite()) {
      View view = new View(transaction);
      changes.forEach(change -> change.applyTo(view));
      transaction.commit();
    }
  }

  /** The one writer's. */
  private final class View implements Change.View {
    private final Txn<ByteBuffer> transaction;

    View(Txn<ByteBuffer> transaction) {
      this.transaction = transaction;
    }

    @Override
    public byte @Nullable [] get(String key) {
      return read(transaction, writtenKey, key);
    }

    @Override
    public void put(String key, byte[] value) {
      writtenKey.clear().put(key.getBytes(UTF_8)).flip();
      writtenValue.clear().put(value).flip();
      database.put(transaction, writtenKey, writtenValue);
    }
  }

  @Override
  public byte @Nullable [] get(String key) {
    Reader reader = readers.poll();
    if (reader == null) {
      reader = new Reader(environment.txnRead(), allocateDirect(KEY_BYTES));
    } else {
      reader.transaction().renew();
    }
    try {
      return read(reader.transaction(), reader.key(), key);
    } finally {
      reader.transaction().reset();
      readers.add(reader);
    }
  }

  private byte @Nullable [] read(Txn<ByteBuffer> transaction, ByteBuffer buffer, String key) {
    buffer.clear().put(key.getBytes(UTF_8)).flip();
    ByteBuffer found = database.get(transaction, buffer);
    if (found == null) {
      return null;
    }
    byte[] value = new byte[found.remaining()];
    found.get(value);
    return value;
  }

  @Override
  public void close() {
    commits.close();
    readers.forEach(reader -> reader.transaction().close());
    environment.close();
  }
}
