package dev.espora.db;

import java.util.ArrayList;
import java.util.List;

/**
 * Changes of a {@link Store} that take effect together or not at all, each on the ground of those
 * before it. For use by one thread, within {@link Store#batch}.
 */
public final class StoreBatch<K, V> {
  private final String store;
  private final StoreTypes<K, V> types;
  private final Limits limits;
  private final long now;
  private final List<StoreCommand.Change> changes = new ArrayList<>();
  private long bytes;

  StoreBatch(String store, StoreTypes<K, V> types, Limits limits, long now) {
    this.store = store;
    this.types = types;
    this.limits = limits;
    this.now = now;
  }

  /** As {@link Store#create(Object, Object)}. */
  public StoreBatch<K, V> create(K key, V value) {
    return create(key, value, Ttl.forever());
  }

  /** As {@link Store#create(Object, Object, Ttl)}. */
  public StoreBatch<K, V> create(K key, V value, Ttl ttl) {
    return add(StoreCommand.Action.CREATE, key, types.encodeValue(value), ttl.expires(now), 0);
  }

  /** As {@link Store#put(Object, Object)}. */
  public StoreBatch<K, V> put(K key, V value) {
    return put(key, value, Ttl.forever());
  }

  /** As {@link Store#put(Object, Object, Ttl)}. */
  public StoreBatch<K, V> put(K key, V value, Ttl ttl) {
    return add(StoreCommand.Action.PUT, key, types.encodeValue(value), ttl.expires(now), 0);
  }

  /** As {@link Store#update(Object, Object)}. */
  public StoreBatch<K, V> update(K key, V value) {
    return add(
        StoreCommand.Action.UPDATE, key, types.encodeValue(value), StoreCommand.Change.KEEP, 0);
  }

  /** As {@link Store#update(Object, Object, Ttl)}. */
  public StoreBatch<K, V> update(K key, V value, Ttl ttl) {
    return add(StoreCommand.Action.UPDATE, key, types.encodeValue(value), ttl.expires(now), 0);
  }

  /** As {@link Store#compareAndSet}. */
  public StoreBatch<K, V> compareAndSet(K key, long sequence, V value) {
    return add(
        StoreCommand.Action.REPLACE,
        key,
        types.encodeValue(value),
        StoreCommand.Change.KEEP,
        sequence);
  }

  /** As {@link Store#delete}. */
  public StoreBatch<K, V> delete(K key) {
    changes.add(removal(StoreCommand.Action.DELETE, key, 0));
    return checked();
  }

  /** As {@link Store#compareAndDelete}. */
  public StoreBatch<K, V> compareAndDelete(K key, long sequence) {
    changes.add(removal(StoreCommand.Action.REMOVE, key, sequence));
    return checked();
  }

  private StoreCommand.Change removal(StoreCommand.Action action, K key, long sequence) {
    byte[] encoded = types.encodeKey(key);
    bytes += encoded.length;
    return new StoreCommand.Change(action, encoded, null, StoreEvent.NEVER, sequence);
  }

  private StoreBatch<K, V> add(
      StoreCommand.Action action, K key, byte[] value, long expires, long sequence) {
    byte[] encoded = types.encodeKey(key);
    bytes += encoded.length + value.length;
    changes.add(new StoreCommand.Change(action, encoded, value, expires, sequence));
    return checked();
  }

  /** A single change is bounded by the limits of its key and value alone. */
  private StoreBatch<K, V> checked() {
    if (changes.size() > limits.batchEntries()) {
      throw new DatabaseException.LimitExceeded(
          "a batch of more than %d entries is beyond the limit in store %s"
              .formatted(limits.batchEntries(), store));
    }
    if (changes.size() > 1 && bytes > limits.batchBytes()) {
      throw new DatabaseException.LimitExceeded(
          "a batch of %d bytes is beyond the limit of %d in store %s"
              .formatted(bytes, limits.batchBytes(), store));
    }
    return this;
  }

  StoreCommand.Write command() {
    return new StoreCommand.Write(List.copyOf(changes), now);
  }
}
