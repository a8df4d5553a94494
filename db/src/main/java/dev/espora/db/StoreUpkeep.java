package dev.espora.db;

import dev.espora.db.codec.Input;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Keeps a store small: removes entries whose time is over, and compacts the log.
 *
 * <p>Compaction takes the log from its beginning. What is still current there is written anew at
 * its end, by ordinary commands among those of the callers, a little at a time, so that nobody
 * waits for more than one batch; then the segments that nothing points to any more are released.
 * The log alone always says everything: what is released was overwritten, removed, or written anew
 * behind.
 *
 * <p>One process at a time compacts a store, whichever comes first.
 */
final class StoreUpkeep {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");

  /** Nothing is compacted below this. */
  private static final long FLOOR_BYTES = 1 << 20;

  /** What is written anew with one command: more of it, the longer the log is beyond its budget. */
  private static final int FEWEST_MOVED_BYTES = 64 << 10;

  private static final int MOST_MOVED_BYTES = 1 << 20;

  /** The log is compacted in so many regions; each costs one look through the index. */
  private static final int REGIONS = 16;

  private static final int FEWEST_REGION_BYTES = 256 << 10;

  private static final int MOST_SWEPT = 1000;
  private static final long SWEEP_MILLIS = 1000;
  private static final long PAUSE_NANOS = 1_000_000;

  private final Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition;
  private final Journal journal;
  private final StoreCodec codec;
  private final KeyOrder order;
  private final InstantSource clock;
  private final Executor background;
  private final Duration wait;
  private final AtomicBoolean running = new AtomicBoolean();

  /**
   * Where the log has to end before it is worth another try. After one that could release nothing,
   * since all of the log is in one segment or the medium keeps what nobody needs, it has to be
   * twice as long.
   */
  private volatile long tryAgainAt;

  /** In milliseconds of {@link System#nanoTime}. */
  private volatile long sweptAt = System.nanoTime() / 1_000_000 - SWEEP_MILLIS;

  StoreUpkeep(
      Committer<StoreState, StoreCommand, StoreEvent, StoreResult> partition,
      StoreCodec codec,
      KeyOrder order,
      Options options,
      Executor background) {
    this.partition = partition;
    this.journal = partition.journal();
    this.codec = codec;
    this.order = order;
    this.clock = options.clock();
    this.wait = options.limits().lockWait();
    this.background = background;
  }

  /** Called now and then: begins what is due. */
  void consider() {
    StoreState state = partition.stateIfCurrent();
    if (state == null
        || !(isSweepDue(state) || isTooLong(state))
        || !running.compareAndSet(false, true)) {
      return;
    }
    try {
      background.execute(this::work);
    } catch (RejectedExecutionException | Error e) {
      running.set(false); // the database is being closed, or there is no thread
    }
  }

  private void work() {
    try {
      StoreState state = partition.state();
      if (isSweepDue(state)) {
        sweep(state);
      }
      if (isTooLong(partition.state())) {
        compactSome();
      }
    } catch (DatabaseException.Closed | DatabaseException.Poisoned e) {
      // nothing is left to do
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "store {0} is not compacted for now: {1}",
          partition.name(),
          e.getMessage());
    } finally {
      running.set(false);
    }
  }

  // --- sweeping

  private long time(StoreState state) {
    return Math.max(clock.millis(), state.clock());
  }

  private boolean isSweepDue(StoreState state) {
    return state.mortal() > 0 && System.nanoTime() / 1_000_000 - sweptAt >= SWEEP_MILLIS;
  }

  private void sweep(StoreState state) {
    long time = time(state);
    List<byte[]> keys = new ArrayList<>();
    Iterator<IndexNode.Leaf> leaves = Index.leaves(state.root(), order, null);
    while (leaves.hasNext()) {
      IndexNode.Leaf leaf = leaves.next();
      for (int i = 0; leaf.expires() != null && i < leaf.size(); i++) {
        if (leaf.expires(i) <= time) {
          keys.add(leaf.keys().get(i));
        }
      }
      if (keys.size() >= MOST_SWEPT) {
        partition.submit(new StoreCommand.Sweep(List.copyOf(keys), clock.millis()));
        keys.clear();
      }
    }
    if (!keys.isEmpty()) {
      partition.submit(new StoreCommand.Sweep(List.copyOf(keys), clock.millis()));
    }
    sweptAt = System.nanoTime() / 1_000_000;
  }

  /** How many entries are there whose time is over. */
  static long expired(StoreState state, KeyOrder order, long time) {
    long count = 0;
    Iterator<IndexNode.Leaf> leaves = Index.leaves(state.root(), order, null);
    while (leaves.hasNext()) {
      IndexNode.Leaf leaf = leaves.next();
      for (int i = 0; leaf.expires() != null && i < leaf.size(); i++) {
        count += leaf.expires(i) <= time ? 1 : 0;
      }
    }
    return count;
  }

  // --- compacting

  private boolean isTooLong(StoreState state) {
    long end = journal.known();
    return end >= tryAgainAt && end - journal.first() > budget(state);
  }

  /**
   * How long the log may become: so long that with the snapshot and the empty rest of the last
   * segments, a ninth, it takes twice what is current in it; at least a quarter more than that,
   * lest everything be written again and again.
   */
  private long budget(StoreState state) {
    long snapshot = state.keyBytes() + state.size() * IndexParts.ENTRY_BYTES;
    long live = state.liveBytes();
    long most = Math.max(2 * live - snapshot, live + live / 4);
    return Math.max(FLOOR_BYTES, most / 9 * 8);
  }

  private void compactSome() {
    try (Journal.Upkeep right = journal.tryUpkeep()) {
      if (right == null) {
        return;
      }
      long first = journal.first();
      long end = journal.known();
      long from = first;
      while (from < end && isTooLong(partition.state())) {
        from = compactRegion(from, end);
      }
      boolean inVain = from >= end && journal.first() == first;
      tryAgainAt = inVain ? end + (end - first) : 0;
    }
  }

  /**
   * Compacts the log up to where it ends now, whether that is due or not.
   *
   * @return bytes of log that were released
   * @throws DatabaseException.Busy if the store is being compacted already, for longer than a
   *     command waits for a lock
   * @throws DatabaseException.Closed if the store is closed meanwhile
   */
  long compactAll() {
    try (Journal.Upkeep _ = awaitUpkeep()) {
      long first = journal.first();
      long end = partition.current().position();
      long from = first;
      while (from < end) {
        from = compactRegion(from, end);
      }
      return journal.first() - first;
    } catch (IllegalStateException e) {
      var _ = partition.current(); // says so, if what is missing was closed meanwhile
      throw e;
    }
  }

  private Journal.Upkeep awaitUpkeep() {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      Journal.Upkeep right = journal.tryUpkeep();
      if (right != null) {
        return right;
      }
      if (System.nanoTime() > deadline) {
        throw new DatabaseException.Busy(
            "store "
                + partition.name()
                + " is being compacted already, in the background or by another process");
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }

  /**
   * Writes anew what is current in the next region of the log, in the order of the log, and
   * releases the region. While one part is written the next one is read.
   *
   * @return where the region ends
   */
  private long compactRegion(long from, long end) {
    long to = Math.min(end, from + Math.max(FEWEST_REGION_BYTES, (end - from) / REGIONS));
    long[] current = positionsBefore(to, partition.state());
    CompletableFuture<?> written = CompletableFuture.completedFuture(null);
    int next = 0;
    while (next < current.length) {
      List<StoreCommand.Move> moves = new ArrayList<>();
      next = read(current, next, moves);
      join(written);
      written = partition.submitAsync(new StoreCommand.Relocate(moves, clock.millis()));
    }
    join(written);
    if (positionsBefore(to, partition.state()).length > 0) {
      throw new IllegalStateException(
          "store " + partition.name() + " has entries before " + to + " that were not moved");
    }
    journal.release(to);
    return to;
  }

  /** Where the entries stand that are current in front of a position, ascending. */
  private long[] positionsBefore(long to, StoreState state) {
    LongStream.Builder positions = LongStream.builder();
    Iterator<IndexNode.Leaf> leaves = Index.leaves(state.root(), order, null);
    while (leaves.hasNext()) {
      for (long position : leaves.next().positions()) {
        if (position < to) {
          positions.add(position);
        }
      }
    }
    return positions.build().sorted().toArray();
  }

  /**
   * Reads entries for one command.
   *
   * @return the index of the first one for the next
   */
  private int read(long[] positions, int first, List<StoreCommand.Move> moves) {
    long excess = journal.known() - journal.first() - budget(partition.state());
    long most = Math.clamp(excess / 16, FEWEST_MOVED_BYTES, MOST_MOVED_BYTES);
    long bytes = 0;
    int next = first;
    while (next < positions.length && bytes < most) {
      long position = positions[next++];
      Journal.Event stored = journal.read(position);
      if (stored == null) {
        throw new IllegalStateException("no event at " + position + ", though an entry is there");
      }
      Input payload = stored.payload();
      StoreEvent event = codec.readAt(partition.name(), position, payload);
      byte[] value = payload.readBytes(payload.remaining());
      moves.add(new StoreCommand.Move(event.moved(value, stored.schema()), position));
      bytes += value.length + event.key().length;
    }
    return next;
  }

  private static void join(CompletableFuture<?> written) {
    try {
      written.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
