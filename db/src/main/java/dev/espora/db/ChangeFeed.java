package dev.espora.db;

import dev.espora.db.codec.Input;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The changes of a {@link Store}, of whatever process, one after another in their order, durable
 * ones only. For use by one thread.
 *
 * <p>A feed that is left behind for long may find that the changes it wants were compacted away; it
 * then says so rather than leave any out.
 */
public final class ChangeFeed<K, V> implements AutoCloseable {
  /** How long to wait before the shared end of the log is looked at again. */
  private static final long PAUSE_NANOS = 1_000_000;

  private final Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition;
  private final StoreTypes<K, V> types;
  private Journal.EventScan scan;
  private long after;

  ChangeFeed(
      Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition,
      StoreTypes<K, V> types,
      long after) {
    this.partition = partition;
    this.types = types;
    this.after = after;
    var _ = partition.current(); // refuses where the database was closed
    this.scan = scan();
  }

  /**
   * Looks for a gap once the scan stands, since what is before it may be released at any moment.
   */
  private Journal.EventScan scan() {
    Journal.EventScan begun = partition.journal().scan(after, () -> partition.current().position());
    try {
      refuseGap();
    } catch (RuntimeException e) {
      begun.close();
      throw e;
    }
    return begun;
  }

  /** The sequence of the change that was returned last: where to go on after a restart. */
  public long sequence() {
    return after;
  }

  /**
   * The next change, if there is one or one comes within a time, looking each millisecond. An
   * interrupt ends the wait, and is kept.
   *
   * @throws DatabaseException.Missing if it was compacted away
   * @throws DatabaseException.Closed if the database is closed
   * @throws DatabaseException.Poisoned if a write or sync failed
   */
  public Optional<Change<K, V>> poll(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      Optional<Change<K, V>> change = next();
      long left = deadline - System.nanoTime();
      if (change.isPresent() || left <= 0 || Thread.currentThread().isInterrupted()) {
        return change;
      }
      LockSupport.parkNanos(this, Math.min(left, PAUSE_NANOS));
    }
  }

  private Optional<Change<K, V>> next() {
    try {
      return nextOfScan();
    } catch (DatabaseException.StorageFailed | DatabaseException.Corrupt e) {
      Journal.EventScan again = scan();
      scan.close(); // what was released while it was read lies before the place where this stands
      scan = again;
      return nextOfScan();
    }
  }

  private Optional<Change<K, V>> nextOfScan() {
    while (scan.next()) {
      if (scan.position() > after) {
        after = scan.position();
        Input payload = scan.payload();
        StoreEvent event = types.header(after, payload);
        if (event.kind() != StoreEvent.Kind.MOVE) {
          return Optional.of(change(event, payload));
        }
      }
    }
    return Optional.empty();
  }

  private Change<K, V> change(StoreEvent event, Input payload) {
    K key = types.decodeKey(event.key());
    StoreEvent.Content content = event.content();
    if (event.isRemoval()) {
      Change.Kind kind =
          event.kind() == StoreEvent.Kind.EXPIRE ? Change.Kind.EXPIRED : Change.Kind.DELETED;
      Instant at = Instant.ofEpochMilli(content.created());
      return new Change<>(event.sequence(), kind, key, at, Optional.empty());
    }
    Entry<V> entry = types.entry(event, scan.schema(), payload);
    return new Change<>(
        event.sequence(), Change.Kind.PUT, key, entry.written(), Optional.of(entry));
  }

  private void refuseGap() {
    long first = partition.journal().first();
    if (after < first) {
      throw new DatabaseException.Missing(
          "the changes of store %s behind %d were compacted away, the oldest there is is at %d: read the entries, and go on from the sequence of the store"
              .formatted(partition.name(), after, first));
    }
  }

  @Override
  public void close() {
    scan.close();
  }
}
