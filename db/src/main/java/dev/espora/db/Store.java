package dev.espora.db;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Typed keys with typed values. Values live on disk and are found through an index in memory.
 *
 * <p>Safe for use by any number of threads. A write returns once it is as durable as the database's
 * {@link Durability} says, with a receipt whose result is the sequence of the change. The writes of
 * one thread take effect in the order in which it made them, and all writes, of whatever thread and
 * process, in one order. A read sees every write that any process had acknowledged when it began,
 * and, under a durability that {@linkplain Durability#survivesPowerCut survives a power cut},
 * nothing that a crash could take back; it never waits for a writer.
 *
 * <p>Every write may fail as {@link Partition#submit} says, and with {@link
 * DatabaseException.LimitExceeded} if key, value or store would be beyond their limits. A write
 * that fails changes nothing, unless its outcome is unknown. A component of a key or value that is
 * null without being {@code @Nullable} is an {@link IllegalArgumentException}.
 *
 * <p>Streams are for use by one thread.
 *
 * @param <K> the type of the keys: whatever {@link dev.espora.db.codec.Codec#of} takes, without
 *     sets and maps. Scans go in their natural order if they are {@link Comparable}
 * @param <V> the type of the values: whatever {@link dev.espora.db.codec.Codec#of} takes
 */
public final class Store<K, V> {
  /** What would break the line of a message. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

  private final Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition;
  private final StoreTypes<K, V> types;
  private final ValueCache<V> cache;
  private final Limits limits;
  private final InstantSource clock;
  private final AsyncStore<K, V> async;
  private final StoreUpkeep upkeep;

  /** The latest time seen by anybody here whom it mattered to: it does not go back behind that. */
  private final AtomicLong latest;

  Store(
      Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition,
      StoreTypes<K, V> types,
      StoreUpkeep upkeep,
      Options options) {
    this.upkeep = upkeep;
    this.partition = partition;
    this.latest = new AtomicLong(partition.state().clock());
    this.types = types;
    this.limits = options.limits();
    this.clock = options.clock();
    this.cache = new ValueCache<>(types.valuesMayChange() ? 0 : options.cachedValues());
    this.async = new AsyncStore<>(this);
  }

  public String name() {
    return partition.name();
  }

  /** The same writes without waiting. */
  public AsyncStore<K, V> async() {
    return async;
  }

  // --- writing

  /**
   * Creates an entry.
   *
   * @throws DatabaseException.AlreadyExists if there is one
   */
  public Receipt<Long> create(K key, V value) {
    return write(begun().create(key, value));
  }

  /**
   * Creates an entry that lives for a limited time.
   *
   * @throws DatabaseException.AlreadyExists if there is one
   * @throws DatabaseException.Expired if its time is over before it is written
   */
  public Receipt<Long> create(K key, V value, Ttl ttl) {
    return write(begun().create(key, value, ttl));
  }

  /**
   * Gives an existing entry another value; its time of creation, and its time to live, stay.
   *
   * @throws DatabaseException.Missing if there is none
   */
  public Receipt<Long> update(K key, V value) {
    return write(begun().update(key, value));
  }

  /**
   * Gives an existing entry another value and another time to live.
   *
   * @throws DatabaseException.Missing if there is none
   * @throws DatabaseException.Expired if its time is over before it is written
   */
  public Receipt<Long> update(K key, V value, Ttl ttl) {
    return write(begun().update(key, value, ttl));
  }

  /** Creates an entry, or replaces the one that is there; it does not expire. */
  public Receipt<Long> put(K key, V value) {
    return write(begun().put(key, value));
  }

  /**
   * Creates an entry, or replaces the one that is there, that lives for a limited time.
   *
   * @throws DatabaseException.Expired if its time is over before it is written
   */
  public Receipt<Long> put(K key, V value, Ttl ttl) {
    return write(begun().put(key, value, ttl));
  }

  /**
   * Gives an existing entry another value if nobody has written it since its {@link Entry#sequence}
   * was read; its time of creation, and its time to live, stay.
   *
   * @throws DatabaseException.Missing if there is none
   * @throws DatabaseException.Conflict if the entry has another sequence
   */
  public Receipt<Long> compareAndSet(K key, long sequence, V value) {
    return write(begun().compareAndSet(key, sequence, value));
  }

  /**
   * Gives an existing entry the value that a function makes of the one it has, alone among all
   * threads and processes: reads, applies the function, and tries again where somebody wrote
   * meanwhile, as often as it takes. Its time to live stays.
   *
   * @param change is called by this thread, perhaps several times; what it throws is thrown
   * @throws DatabaseException.Missing if there is no entry
   */
  public Receipt<Long> modify(K key, UnaryOperator<V> change) {
    while (true) {
      Entry<V> entry = read(key).orElseThrow(() -> new DatabaseException.Missing(missing(key)));
      try {
        return compareAndSet(key, entry.sequence(), change.apply(entry.value()));
      } catch (DatabaseException.Conflict e) {
        // somebody else was faster: on the ground of what is there now
      }
    }
  }

  /**
   * Deletes an entry.
   *
   * @throws DatabaseException.Missing if there is none
   */
  public Receipt<Long> delete(K key) {
    return write(begun().delete(key));
  }

  /**
   * Deletes an entry if nobody has written it since its {@link Entry#sequence} was read.
   *
   * @throws DatabaseException.Missing if there is none
   * @throws DatabaseException.Conflict if the entry has another sequence
   */
  public Receipt<Long> compareAndDelete(K key, long sequence) {
    return write(begun().compareAndDelete(key, sequence));
  }

  /**
   * Makes several changes, all or none of them, each of which sees those before it. If one of them
   * cannot be made, what is thrown is as if it were made alone.
   *
   * @return the receipt; its result is the sequence of the last change
   * @throws IllegalArgumentException if there are no changes
   */
  public Receipt<Long> batch(Consumer<StoreBatch<K, V>> changes) {
    return write(collected(changes));
  }

  StoreBatch<K, V> collected(Consumer<StoreBatch<K, V>> changes) {
    StoreBatch<K, V> batch = begun();
    changes.accept(batch);
    if (batch.command().changes().isEmpty()) {
      throw new IllegalArgumentException("a batch of store " + name() + " has no changes");
    }
    return batch;
  }

  StoreBatch<K, V> begun() {
    return new StoreBatch<>(name(), types, limits, time(partition.published()));
  }

  private Receipt<Long> write(StoreBatch<K, V> batch) {
    StoreCommand.Write command = batch.command();
    return settled(command, partition.submit(command));
  }

  CompletableFuture<Receipt<Long>> writeAsync(StoreBatch<K, V> batch) {
    StoreCommand.Write command = batch.command();
    return partition.submitAsync(command).thenApply(receipt -> settled(command, receipt));
  }

  private Receipt<Long> settled(StoreCommand.Write command, Receipt<StoreResult> receipt) {
    StoreResult.Refusal refusal = receipt.result().refusal();
    if (refusal != null) {
      throw failure(command.changes().get(refusal.change()), refusal);
    }
    StoreEvent last = java.util.Objects.requireNonNull(receipt.result().last());
    return new Receipt<>(last.sequence(), receipt.position(), receipt.durability(), receipt.sync());
  }

  private DatabaseException failure(StoreCommand.Change change, StoreResult.Refusal refusal) {
    K key = types.decodeKey(change.key());
    return switch (refusal.reason()) {
      case EXISTS ->
          new DatabaseException.AlreadyExists(
              "store " + name() + " has an entry at " + shown(key) + " already");
      case MISSING -> new DatabaseException.Missing(missing(key));
      case CHANGED ->
          new DatabaseException.Conflict(
              "the entry of store %s at %s was written meanwhile: it has sequence %d, not %d"
                  .formatted(name(), shown(key), refusal.actual(), change.expected()));
      case EXPIRED ->
          new DatabaseException.Expired(
              "the time to live of the entry at "
                  + shown(key)
                  + " was over before it could be written to store "
                  + name());
      case FULL ->
          new DatabaseException.LimitExceeded(
              "store %s would hold %d bytes, beyond its limit of %d: delete entries or raise"
                      .formatted(name(), refusal.actual(), limits.storeBytes())
                  + " Limits.storeBytes");
    };
  }

  private String missing(K key) {
    return "store " + name() + " has no entry at " + shown(key);
  }

  private String shown(K key) {
    String text = CONTROL.matcher(String.valueOf(key)).replaceAll("\uFFFD");
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }

  // --- reading

  /** The entry at a key, if there is one whose time is not over. */
  public Optional<Entry<V>> read(K key) {
    byte[] encoded = types.encodeKey(key);
    long missed = -1;
    while (true) {
      StoreState state = partition.state();
      IndexNode.Leaf leaf = Index.leaf(state.root(), types.order(), encoded);
      int index = leaf.keys().find(types.order(), encoded);
      if (index < 0 || isOver(leaf.expires(index), state)) {
        return Optional.empty();
      }
      long position = leaf.positions()[index];
      Entry<V> entry = entry(position);
      if (entry != null) {
        return Optional.of(entry);
      }
      if (position == missed) {
        throw new DatabaseException.StorageFailed(
            "the entry of store %s at %s is not in its log any more, which ought to have it at %d"
                .formatted(name(), shown(key), position),
            null);
      }
      missed = position; // compaction has moved it between the two looks
    }
  }

  private @Nullable Entry<V> entry(long position) {
    Entry<V> cached = cache.get(position);
    if (cached != null) {
      return cached;
    }
    Journal.Event event = partition.journal().read(position);
    if (event == null) {
      return null;
    }
    StoreEvent header = types.header(position, event.payload());
    int valueBytes = event.payload().remaining();
    Entry<V> entry = types.entry(header, event.schema(), event.payload());
    cache.put(position, entry, valueBytes);
    return entry;
  }

  /**
   * Whether there is an entry at a key whose time is not over. Reads no values; the part of the
   * index that is asked for is read when it is first wanted after opening.
   */
  public boolean contains(K key) {
    byte[] encoded = types.encodeKey(key);
    StoreState state = partition.state();
    IndexNode.Slot slot = state.find(types.order(), encoded);
    return slot != null && !isOver(slot.expires(), state);
  }

  /**
   * How many entries there are, in constant time if the time of none is limited; else the whole
   * index is looked through.
   */
  public long size() {
    StoreState state = partition.state();
    if (state.mortal() == 0) {
      return state.size();
    }
    return state.size() - StoreUpkeep.expired(state, types.order(), time(state));
  }

  /**
   * All entries as they are at this moment, whatever is written meanwhile, read from disk as they
   * are asked for; in the order of their keys if those are {@link Comparable}. Close the stream:
   * until then it keeps files open and disk space taken.
   */
  public Stream<Map.Entry<K, Entry<V>>> entries() {
    return new StoreScan<>(this, null, null).stream();
  }

  /**
   * As {@link #entries}, from a key on and up to another one.
   *
   * @param from the lowest key
   * @param to beyond the highest key
   * @throws UnsupportedOperationException if the keys are not {@link Comparable}
   */
  public Stream<Map.Entry<K, Entry<V>>> range(K from, K to) {
    if (!types.order().isNatural()) {
      throw new UnsupportedOperationException(
          "the keys of store " + name() + " are not Comparable, so there are no ranges of them");
    }
    return new StoreScan<>(this, types.encodeKey(from), types.encodeKey(to)).stream();
  }

  /** The keys of all entries as they are at this moment. Reads no values. */
  public Stream<K> keys() {
    StoreState state = partition.state();
    return StoreScan.keys(state, types, time(state));
  }

  /**
   * A point that is not before the newest change, to follow the {@link #changes} from there on.
   * Take it before a scan begins: what changes in between is then seen twice, and nothing is
   * missed.
   */
  public long sequence() {
    return partition.current().position();
  }

  /**
   * Follows the changes, of whatever process, in their order.
   *
   * @param after the sequence of a change, to go on behind it, also after a restart; 0 for the
   *     beginning
   * @throws DatabaseException.Missing if changes behind it were compacted away: read the {@link
   *     #entries} and go on from {@link #sequence}
   */
  public ChangeFeed<K, V> changes(long after) {
    return new ChangeFeed<>(partition, types, after);
  }

  /**
   * Compacts the log now, which otherwise happens in the background when it is due: writes what is
   * current anew and frees the rest. Others go on meanwhile.
   *
   * @return bytes of log that were freed
   * @throws DatabaseException.Busy if this store is being compacted already, in the background or
   *     by another process, for longer than {@link Limits#lockWait}
   */
  public long compact() {
    return upkeep.compactAll();
  }

  // --- time

  private long now() {
    long now = clock.millis();
    long seen = latest.get();
    if (now <= seen) {
      return seen;
    }
    latest.accumulateAndGet(now, Math::max);
    return now;
  }

  /** The time, which does not go back behind any write of any process. */
  long time(StoreState state) {
    return Math.max(now(), state.clock());
  }

  private boolean isOver(long expires, StoreState state) {
    return expires != StoreEvent.NEVER && expires <= time(state);
  }

  Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition() {
    return partition;
  }

  StoreTypes<K, V> types() {
    return types;
  }
}
