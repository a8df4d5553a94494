package dev.espora.db;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The writes of a {@link Store} without waiting. Each future completes once the outcome is known,
 * normally or with the exception that the blocking form throws: the cause of what {@code get} and
 * {@code join} throw, while {@code handle} and its like may get it in a {@link
 * java.util.concurrent.CompletionException}. They run on a thread that all futures of the database
 * share and that must not be blocked. A full queue fails the future at once with {@link
 * DatabaseException.Busy}; key and value are encoded, and checked against their limits, by the
 * caller, to whom what is wrong with them is thrown.
 *
 * <p>Safe for use by any number of threads. The writes of one thread take effect in the order in
 * which it made them, blocking ones included.
 */
public final class AsyncStore<K, V> {
  private final Store<K, V> store;

  AsyncStore(Store<K, V> store) {
    this.store = store;
  }

  /** As {@link Store#create(Object, Object)}. */
  public CompletableFuture<Receipt<Long>> create(K key, V value) {
    return write(batch -> batch.create(key, value));
  }

  /** As {@link Store#create(Object, Object, Ttl)}. */
  public CompletableFuture<Receipt<Long>> create(K key, V value, Ttl ttl) {
    return write(batch -> batch.create(key, value, ttl));
  }

  /** As {@link Store#update(Object, Object)}. */
  public CompletableFuture<Receipt<Long>> update(K key, V value) {
    return write(batch -> batch.update(key, value));
  }

  /** As {@link Store#update(Object, Object, Ttl)}. */
  public CompletableFuture<Receipt<Long>> update(K key, V value, Ttl ttl) {
    return write(batch -> batch.update(key, value, ttl));
  }

  /** As {@link Store#put(Object, Object)}. */
  public CompletableFuture<Receipt<Long>> put(K key, V value) {
    return write(batch -> batch.put(key, value));
  }

  /** As {@link Store#put(Object, Object, Ttl)}. */
  public CompletableFuture<Receipt<Long>> put(K key, V value, Ttl ttl) {
    return write(batch -> batch.put(key, value, ttl));
  }

  /** As {@link Store#compareAndSet}. */
  public CompletableFuture<Receipt<Long>> compareAndSet(K key, long sequence, V value) {
    return write(batch -> batch.compareAndSet(key, sequence, value));
  }

  /** As {@link Store#delete}. */
  public CompletableFuture<Receipt<Long>> delete(K key) {
    return write(batch -> batch.delete(key));
  }

  /** As {@link Store#compareAndDelete}. */
  public CompletableFuture<Receipt<Long>> compareAndDelete(K key, long sequence) {
    return write(batch -> batch.compareAndDelete(key, sequence));
  }

  /** As {@link Store#batch}. */
  public CompletableFuture<Receipt<Long>> batch(Consumer<StoreBatch<K, V>> changes) {
    return attempt(() -> store.collected(changes));
  }

  private CompletableFuture<Receipt<Long>> write(
      Function<StoreBatch<K, V>, StoreBatch<K, V>> change) {
    return attempt(() -> change.apply(store.begun()));
  }

  /** What the caller itself is told, it is told through the future, too. */
  private CompletableFuture<Receipt<Long>> attempt(
      java.util.function.Supplier<StoreBatch<K, V>> batch) {
    try {
      return store.writeAsync(batch.get());
    } catch (DatabaseException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
