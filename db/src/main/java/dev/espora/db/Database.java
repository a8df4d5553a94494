package dev.espora.db;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An embedded database: named partitions in one directory, shared by any number of threads and
 * processes.
 *
 * <p>Safe for use by any number of threads. Whatever a call acknowledged is as durable as the
 * {@link Durability} says.
 */
public final class Database implements AutoCloseable {
  private final Options options;
  private final Committers threads;
  private final Medium.Journals journals;
  private final Map<String, Opened> partitions = new LinkedHashMap<>();

  /** Stores that are open only to be compacted. */
  private final Map<String, Opened> compacting = new HashMap<>();

  private boolean closed;

  /**
   * A partition that is open here.
   *
   * @param key the machine or type that it was opened with
   * @param handle what its user holds
   */
  private record Opened(Object key, Object handle, Committer<?, ?, ?, ?> committer) {}

  private Database(Options options, Committers threads, Medium.Journals journals) {
    this.options = options;
    this.threads = threads;
    this.journals = journals;
  }

  /**
   * Opens the database in a directory with {@link Options#DEFAULTS}, creating it if there is none.
   *
   * @throws DatabaseException if the directory is not a database, is newer, damaged, or cannot be
   *     written
   */
  public static Database open(Path directory) {
    return open(directory, Options.DEFAULTS);
  }

  /**
   * Opens the database in a directory, creating it if there is none.
   *
   * @throws DatabaseException.NotADatabase if the directory holds something else
   * @throws DatabaseException.FormatTooNew if a newer version wrote it
   * @throws DatabaseException.Corrupt if it is damaged
   * @throws DatabaseException.SchemaMismatch if other processes have it open with another
   *     durability
   * @throws DatabaseException.Busy if another process opens it for longer than {@link
   *     Limits#lockWait}
   * @throws DatabaseException.OutOfSpace if the disk is full, or no descriptors are left
   * @throws DatabaseException.StorageFailed if it cannot be read or written
   */
  public static Database open(Path directory, Options options) {
    return open(Medium.at("file", directory.toString()), options);
  }

  /**
   * A database in the heap of this process: nothing is left of it when it is closed, whatever the
   * durability.
   */
  public static Database inMemory(Options options) {
    return open(Medium.memory(), options);
  }

  /** Opens a database on any medium. */
  public static Database open(Medium medium, Options options) {
    Committers threads = new Committers();
    try {
      return new Database(options, threads, medium.open(options, threads.housekeeper()));
    } catch (RuntimeException | Error e) {
      threads.close();
      throw e;
    }
  }

  /**
   * Opens a partition, creating it if there is none. Opening it again gives the same partition.
   *
   * @param name one to 64 of {@code a-z 0-9 _ -}
   * @param machine the one it was opened with before, or one that equals it: a record, for instance
   * @throws DatabaseException.LimitExceeded if the name is none
   * @throws DatabaseException.SchemaMismatch if what is stored under it has other types, or it is
   *     open here with another machine
   * @throws DatabaseException.Corrupt if it is damaged
   * @throws DatabaseException.Busy if {@link #compactStore} has it open, or another process holds
   *     it for longer than {@link Limits#lockWait}
   */
  public synchronized <S, C, E, R> Partition<S, C, R> partition(
      String name, StateMachine<S, C, E, R> machine) {
    Opened known = known(name, machine);
    if (known == null) {
      Committer<S, C, E, R> committer = open(name, Machine.of(machine, PartitionKind.MACHINE));
      known = new Opened(machine, committer, committer);
      partitions.put(name, known);
      known.committer.serve();
    }
    return typed(known.handle);
  }

  /**
   * Opens a log, creating it if there is none. Opening it again gives the same log.
   *
   * @param name one to 64 of {@code a-z 0-9 _ -}
   * @param type of the rows: a record, or whatever else {@link dev.espora.db.codec.Codec#of} takes
   * @throws IllegalArgumentException if the type cannot be stored
   * @throws DatabaseException as {@link #partition} says
   */
  public synchronized <T> Log<T> log(String name, Class<T> type) {
    Opened known = known(name, type);
    if (known == null) {
      LogMachine<T> machine = new LogMachine<>(name, type);
      var committer = open(name, Machine.of(machine, PartitionKind.LOG));
      known = new Opened(type, new Log<>(machine, committer), committer);
      partitions.put(name, known);
      known.committer.serve();
    }
    return typed(known.handle);
  }

  /**
   * Opens a store, creating it if there is none. Opening it again gives the same store.
   *
   * @param name one to 64 of {@code a-z 0-9 _ -}
   * @param keys the type of the keys, see {@link Store}
   * @param values the type of the values: a record, or whatever else {@link
   *     dev.espora.db.codec.Codec#of} takes
   * @throws IllegalArgumentException if a type cannot be stored
   * @throws DatabaseException as {@link #partition} says
   */
  public synchronized <K, V> Store<K, V> store(String name, Class<K> keys, Class<V> values) {
    List<Class<?>> key = List.of(keys, values);
    Opened known = known(name, key);
    if (known == null) {
      StoreTypes<K, V> types = new StoreTypes<>(name, keys, values, options.limits());
      StoreMachine machine = new StoreMachine(name, types.events(), options.limits().storeBytes());
      var committer = open(name, machine);
      machine.journal = committer.journal();
      types.learn(committer.journal().schemas());
      StoreUpkeep upkeep = upkeep(committer, types.events(), types.order());
      known = new Opened(key, new Store<>(committer, types, upkeep, options), committer);
      partitions.put(name, known);
      known.committer.serve();
    }
    return typed(known.handle);
  }

  /**
   * Compacts a store whose types are not at hand, as {@link Store#compact} does. A store that was
   * not open cannot be opened here meanwhile; everything else goes on.
   *
   * @return bytes of log that were freed
   * @throws DatabaseException.Missing if there is no store of this name
   * @throws DatabaseException.Busy if it is being compacted already, for longer than {@link
   *     Limits#lockWait}
   * @throws DatabaseException.Closed if the database is closed meanwhile
   */
  public long compactStore(String name) {
    Opened opened = openToCompact(name);
    try { // without this object's lock, since it waits for futures, which others may hold up
      return opened.handle instanceof Store<?, ?> store
          ? store.compact()
          : Database.<StoreUpkeep>typed(opened.handle).compactAll();
    } finally {
      closeCompacted(name, opened);
    }
  }

  private synchronized Opened openToCompact(String name) {
    checkUsable(name);
    Opened known = partitions.get(name);
    if (known != null && known.handle instanceof Store<?, ?>) {
      return known;
    }
    Medium.Stored stored =
        journals
            .stored(name)
            .filter(each -> each.kind() == PartitionKind.STORE)
            .orElseThrow(() -> new DatabaseException.Missing("there is no store named " + name));
    StoreCodec codec = StoreCodec.untyped(stored.events());
    StoreMachine machine = new StoreMachine(name, codec, Long.MAX_VALUE);
    var committer = open(name, machine);
    machine.journal = committer.journal();
    Opened opened = new Opened(codec, upkeep(committer, codec, codec.order()), committer);
    compacting.put(name, opened);
    return opened;
  }

  private synchronized void closeCompacted(String name, Opened opened) {
    if (compacting.remove(name, opened)) {
      opened.committer.close();
    }
  }

  private StoreUpkeep upkeep(
      Committer<StoreState, StoreCommand, StoreEvent, StoreResult> committer,
      StoreCodec codec,
      KeyOrder order) {
    StoreUpkeep upkeep = new StoreUpkeep(committer, codec, order, options, threads.upkeep());
    committer.setUpkeep(upkeep::consider);
    return upkeep;
  }

  /**
   * Whether a write or sync failed, here or in another process that has the database open. From
   * then on everything is refused until all of them have closed it; a service that sees this had
   * better end and be started again.
   */
  public boolean isPoisoned() {
    return journals.isPoisoned();
  }

  private @Nullable Opened known(String name, Object key) {
    checkUsable(name);
    Opened known = partitions.get(name);
    if (known != null && !known.key.equals(key)) {
      throw new DatabaseException.SchemaMismatch(
          "partition " + name + " is already open here as " + known.key + ", not as " + key);
    }
    return known;
  }

  private void checkUsable(String name) {
    if (closed) {
      throw new DatabaseException.Closed("the database was closed");
    }
    if (!Limits.isName(name)) {
      throw new DatabaseException.LimitExceeded(
          "the name '" + name + "' is not one to 64 of a-z, 0-9, _ and -");
    }
    if (compacting.containsKey(name)) {
      throw new DatabaseException.Busy("store " + name + " is being compacted; try again later");
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // equal keys, hence equal types
  private static <T> T typed(Object handle) {
    return (T) handle;
  }

  private <S, C, E, R> Committer<S, C, E, R> open(String name, Machine<S, C, E, R> machine) {
    Journal journal = journals.open(name, machine.kind(), machine.eventCodec());
    try {
      return new Committer<>(name, machine, journal, threads, options);
    } catch (RuntimeException | Error e) {
      journal.close();
      throw e;
    }
  }

  /**
   * Lets commands under way finish, makes everything durable, and lets go of the files. Later calls
   * are refused.
   *
   * @throws DatabaseException.StorageFailed if the last sync failed: under a durability that does
   *     not {@linkplain Durability#survivesPowerCut survive a power cut}, the newest changes may be
   *     lost in one
   * @throws DatabaseException.Busy if another process holds a partition for longer than {@link
   *     Limits#lockWait}
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    RuntimeException failure = null;
    List<Opened> all = new ArrayList<>(partitions.values());
    all.addAll(compacting.values());
    compacting.clear();
    for (Opened opened : all) {
      try {
        opened.committer.close();
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }
    threads.close();
    journals.close();
    if (failure != null) {
      throw failure;
    }
  }
}
