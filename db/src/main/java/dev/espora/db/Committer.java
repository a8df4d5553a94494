package dev.espora.db;

import dev.espora.db.codec.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A partition over a journal: takes commands from any thread, commits them in batches, publishes
 * the state.
 *
 * <p>At any time at most one thread commits, the one that turned {@code active} on: a committer
 * thread, which stays while commands keep coming; or, where nobody else is there, the caller
 * itself, which saves two switches of threads. Commands that come meanwhile gather in the queue and
 * make the next batch.
 */
final class Committer<S, C, E, R> implements Partition<S, C, R> {
  private static final System.Logger LOG = System.getLogger("dev.espora.db");

  /** How long a committer thread waits for more commands before it leaves the partition. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final String name;
  private final Journal journal;
  private final Committers threads;
  private final Limits limits;
  private final Durability durability;
  private final long slowNanos;
  private final Snapshotter<S> snapshots;

  private final CommandQueue<C, R> queue;
  private final Semaphore space = new Semaphore(0);
  private final AtomicReference<Activity> activity = new AtomicReference<>(Activity.IDLE);
  private volatile @Nullable Thread lingering;
  private volatile boolean lastWasAlone;
  private final Gathering gathering = new Gathering();
  private volatile boolean contended;
  private volatile long waitingForLockSince;
  private volatile long waitingForThreadSince;
  private volatile boolean closed;
  private volatile Runnable upkeep = () -> {};

  private final Projection<S, E> projection;

  /** Only for the thread that commits. */
  private final Judge<S, C, E, R> judge;

  private final @Nullable Delegation<C, R> delegation;

  private volatile @Nullable Pending<C, R> backlog;

  /** Who has the turn to commit. */
  private enum Activity {
    /** Nobody. */
    IDLE,
    /** A committer thread that waits a little for more commands; a lone caller may take it over. */
    LINGERING,
    /** Some thread, which commits. */
    COMMITTING
  }

  Committer(
      String name,
      Machine<S, C, E, R> machine,
      Journal journal,
      Committers threads,
      Options options) {
    this.name = name;
    this.journal = journal;
    this.threads = threads;
    this.limits = options.limits();
    this.durability = options.durability();
    this.slowNanos = options.slowCommit().toNanos();
    this.judge = new Judge<>(name, machine, journal.schema(), options);
    this.delegation = Delegation.of(journal, machine, options);
    this.snapshots = new Snapshotter<>(name, machine, journal, threads.upkeep());
    this.queue = new CommandQueue<>(limits.queueLength());
    this.projection = new Projection<>(name, machine, journal);
    threads.add(this);
  }

  /** Lets commands in that other processes forward; called once all that deciding takes is set. */
  void serve() {
    if (delegation != null) {
      delegation.serve(this::enqueueAll);
    }
  }

  @Override
  public String name() {
    return name;
  }

  // --- submitting

  @Override
  public Receipt<R> submit(C command) {
    Pending<C, R> pending = new Pending<>(command, null);
    if (!commitAtOnce(pending)) {
      enqueue(pending);
      wakeFor(pending);
    }
    return pending.await(durability);
  }

  @Override
  public CompletableFuture<Receipt<R>> submitAsync(C command) {
    CompletableFuture<Receipt<R>> future = new CompletableFuture<>();
    Pending<C, R> pending = new Pending<>(command, future);
    if (closed) {
      future.completeExceptionally(closedFailure());
    } else if (!queue.offer(pending)) {
      future.completeExceptionally(queueFull());
    } else {
      afterOffer(pending);
      wakeFor(pending);
    }
    return future;
  }

  /**
   * Where nobody commits, the caller does it for itself, and for those who come meanwhile. A
   * committer thread that waits for more is left alone if the last batch was one of several
   * callers: it would make a larger batch than this one alone.
   */
  private boolean commitAtOnce(Pending<C, R> pending) {
    if (closed || Thread.currentThread().isVirtual() || isDecidedElsewhere() || !takeTurn()) {
      return false;
    }
    try {
      if (!queue.isEmpty() || backlog != null || !journal.tryLock()) {
        return false;
      }
      backlog = pending;
      commitLocked(0);
      return true;
    } finally {
      leave();
    }
  }

  private boolean takeTurn() {
    return takeTurn(Activity.IDLE) || (lastWasAlone && takeTurn(Activity.LINGERING));
  }

  private boolean takeTurn(Activity from) {
    boolean taken = activity.get() == from && activity.compareAndSet(from, Activity.COMMITTING);
    if (taken) {
      lingering = null;
    }
    return taken;
  }

  private void enqueue(Pending<C, R> pending) {
    if (closed) {
      throw closedFailure();
    }
    if (!queue.offer(pending)) {
      awaitSpace(pending);
    }
    afterOffer(pending);
  }

  /** Commands of another process, which stay together. */
  private boolean enqueueAll(List<Pending<C, R>> together) {
    if (closed || !queue.offerAll(together)) {
      return false;
    }
    together.forEach(this::afterOffer);
    wakeFor(together.getFirst());
    return true;
  }

  private void awaitSpace(Pending<C, R> pending) {
    long deadline = System.nanoTime() + limits.queueWait().toNanos();
    boolean interrupted = false;
    try {
      while (!queue.offer(pending)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw queueFull();
        }
        try {
          // A permit stands for one emptied queue; the bound on the wait covers one that another
          // caller took.
          boolean _ = space.tryAcquire(Math.min(left, 1_000_000), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A command that slipped in behind {@link #close} is given up by whoever sees both. */
  private void afterOffer(Pending<C, R> pending) {
    if (closed && pending.giveUp(this::closedFailure)) {
      finished(pending);
    }
  }

  /** Whoever finds the queue empty sees to it that somebody commits; the others ride along. */
  private void wakeFor(Pending<C, R> pending) {
    if (pending.depth == 1) {
      wake();
    }
  }

  private void wake() {
    Thread thread = lingering;
    if (thread != null) {
      LockSupport.unpark(thread);
    } else if (activity.compareAndSet(Activity.IDLE, Activity.COMMITTING)) {
      passOn();
    }
  }

  /** Hands the turn to a committer thread, or the commands their failure where there is none. */
  private void passOn() {
    waitingForThreadSince = System.nanoTime();
    try {
      threads.run(this::commitWhileBusy);
    } catch (RuntimeException | Error e) { // the system starts no more threads
      waitingForThreadSince = 0;
      giveUp(
          new DatabaseException.Busy(
              "partition " + name + " has no thread to commit; nothing was written: " + e));
    }
  }

  // --- committing

  /** The life of a committer thread with this partition. */
  private void commitWhileBusy() {
    waitingForThreadSince = 0;
    try {
      do {
        while (!queue.isEmpty() || backlog != null) {
          if (!contended) {
            gathering.await(queue); // else the wait for the lock lets commands gather
          }
          if (!forward()) {
            long lockWait = lock();
            contended = lockWait > 0;
            commitLocked(lockWait);
          }
        }
      } while (linger());
    } catch (DatabaseException e) {
      giveUp(e);
    } catch (RuntimeException | Error e) { // whatever it is, nobody may wait for ever
      LOG.log(System.Logger.Level.ERROR, "partition " + name + " cannot commit", e);
      giveUp(new DatabaseException.StorageFailed(String.valueOf(e.getMessage()), e));
    }
  }

  private void giveUp(DatabaseException failure) {
    Pending<C, R> first = takeQueued();
    failAll(first, () -> failure, Pending::uncommitted);
    finishAll(first, projection.view().at().position(), 0);
    leave();
  }

  /**
   * Waits a little for more commands.
   *
   * @return whether there are some, and this thread is still the one to commit them; if not, it has
   *     nothing more to do here
   */
  private boolean linger() {
    if (threads.othersWait() || closed) {
      leave();
      return false;
    }
    Thread self = Thread.currentThread();
    long deadline = System.nanoTime() + LINGER_NANOS;
    lingering = self;
    activity.set(Activity.LINGERING);
    while (self.equals(lingering)) {
      if (!queue.isEmpty()) {
        return takeTurn(Activity.LINGERING);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0 || closed) {
        if (takeTurn(Activity.LINGERING)) {
          leave();
        }
        return false;
      }
      LockSupport.parkNanos(this, left);
    }
    return false;
  }

  /** Gives up the turn; if a command came in just then, somebody takes it up again. */
  private void leave() {
    if (backlog != null || (!queue.isEmpty() && !closed)) {
      passOn();
      return;
    }
    activity.set(Activity.IDLE);
    if (!queue.isEmpty()) {
      wake();
    }
  }

  private long lock() {
    if (journal.tryLock()) {
      return 0;
    }
    for (Pending<C, R> each = backlog; each != null; each = each.next) {
      each.putBack(); // whoever waits for it is told so
    }
    long start = System.nanoTime();
    waitingForLockSince = start;
    try {
      journal.lock();
    } finally {
      waitingForLockSince = 0;
    }
    return System.nanoTime() - start;
  }

  /** What is to be looked at now and then beside the partition's own affairs. */
  void setUpkeep(Runnable upkeep) {
    this.upkeep = upkeep;
  }

  /** Called now and then. */
  void watch() {
    giveUpWaiting();
    if (!closed) {
      journal.forgetReleased();
      upkeep.run();
    }
  }

  /** Tells callers who stands in the way rather than let them wait for ever. */
  private void giveUpWaiting() {
    if (isTooLong(waitingForLockSince)) {
      giveUpWaiting("partition " + name + " is held by " + journal.holder());
    } else if (isTooLong(waitingForThreadSince)) {
      giveUpWaiting("all threads wait for partitions that others hold, " + name + " for a thread");
    }
  }

  private boolean isTooLong(long since) {
    return since != 0 && System.nanoTime() - since > limits.lockWait().toNanos();
  }

  private void giveUpWaiting(String reason) {
    String message =
        reason + " for more than " + limits.lockWait().toMillis() + " ms; nothing was written";
    giveUpQueued(() -> new DatabaseException.Busy(message));
  }

  private void giveUpQueued(Supplier<? extends RuntimeException> reason) {
    CommandQueue.giveUpAll(backlog, reason, this::finished);
    CommandQueue.giveUpAll(queue.newest(), reason, this::finished);
  }

  private void finished(Pending<C, R> pending) {
    if (pending.future != null) {
      threads.complete(() -> pending.completeFuture(durability));
    }
  }

  /** One trip to the disk. The journal's lock is held on entry and released on the way. */
  private void commitLocked(long lockWait) {
    CommitReport report = CommitReport.begin();
    Pending<C, R> first = null;
    long sync = 0;
    projection.lock();
    try {
      first = takeQueued();
      sync = settle(first);
      while (sync == Journal.OVERTAKEN) {
        judge.takeBack();
        sync = settle(first);
      }
    } catch (RuntimeException | Error e) {
      failAll(first, reason(e), Pending::uncommitted);
    } finally {
      projection.unlock();
      journal.unlock();
    }
    lastWasAlone = first != null && first.next == null;
    gathering.expect(first);
    finishAll(first, projection.view().at().position(), sync);
    report.end(name, judge.batch(), lockWait, sync, slowNanos);
    Projection.View<S> reached = projection.view();
    snapshots.consider(reached.state(), reached.at());
  }

  /**
   * Judges commands and makes durable what they cause. Answers without a cause for a record have to
   * be those of the newest state, too.
   *
   * @return nanoseconds of sync, or that others were first
   */
  private long settle(@Nullable Pending<C, R> first) {
    backlog = null;
    projection.catchUp();
    if (delegation != null) {
      delegation.look(first);
    }
    Projection.View<S> before = projection.view();
    long end = before.at().position();
    S state = judge.judge(first, before.state(), end);
    backlog = judge.rest();
    if (judge.batch().records() == 0) {
      return first == null || journal.end() == end ? 0 : Journal.OVERTAKEN;
    }
    Projection.View<S> next = before.next(state); // nothing may fail once the batch is durable
    long sync = journal.append(judge.batch());
    if (sync != Journal.OVERTAKEN) {
      projection.publish(next);
    }
    return sync;
  }

  // --- forwarding

  private boolean isDecidedElsewhere() {
    return delegation != null && delegation.isElsewhere();
  }

  /** Has another process decide what waits; false if it does not, and this one has to. */
  private boolean forward() {
    Delegation<C, R> to = delegation;
    if (to == null || !to.isElsewhere()) {
      return false;
    }
    Pending<C, R> first = takeQueued();
    if (first == null) {
      return true;
    }
    backlog = first; // until it is under way: whatever fails, somebody answers for it
    Delegation.Parcel<C, R> parcel = to.pack(first).orElse(null);
    if (parcel == null) {
      return false;
    }
    backlog = parcel.rest();
    Forwarder.Decided decided = null;
    try {
      decided = to.send(parcel).orElse(null);
      if (decided == null) {
        parcel.last().next = parcel.rest();
        backlog = first;
        return false;
      }
    } catch (RuntimeException | Error e) {
      failAll(first, reason(e), Pending::failed);
    }
    contended = false;
    lastWasAlone = first.next == null;
    gathering.expect(first);
    finishAll(
        first,
        decided == null ? projection.view().at().position() : decided.position(),
        decided == null ? 0 : decided.syncNanos());
    return true;
  }

  private @Nullable Pending<C, R> takeQueued() {
    Pending<C, R> first = backlog;
    if (first == null) {
      first = queue.takeAll();
    } else if (first.next == null) {
      first.next = queue.takeAll();
    }
    backlog = null;
    if (space.hasQueuedThreads()) {
      space.release(space.getQueueLength());
    }
    return first;
  }

  /** Each caller gets an exception of its own where one is told that the outcome is unknown. */
  private static Supplier<RuntimeException> reason(Throwable failure) {
    return switch (failure) {
      case DatabaseException.OutcomeUnknown e ->
          () -> new DatabaseException.OutcomeUnknown(String.valueOf(e.getMessage()), e);
      case RuntimeException e -> () -> e;
      default -> () -> new IllegalStateException(failure);
    };
  }

  private void failAll(
      @Nullable Pending<C, R> first,
      Supplier<RuntimeException> reason,
      BiConsumer<Pending<C, R>, Supplier<RuntimeException>> how) {
    for (Pending<C, R> each = first; each != null; each = each.next) {
      if (each.take() || each.isTaken()) {
        how.accept(each, reason);
      }
    }
  }

  /** Wakes the callers; futures are completed together on another thread. */
  private void finishAll(@Nullable Pending<C, R> first, long position, long syncNanos) {
    List<Pending<C, R>> futures = null;
    for (Pending<C, R> each = first; each != null; ) {
      Pending<C, R> next =
          each.next; // a caller that wakes up may leave, its links are not its own any more
      if (each.isTaken()) {
        each.committed(position, syncNanos);
        each.finish();
        if (each.future != null) {
          futures = futures == null ? new ArrayList<>() : futures;
          futures.add(each);
        }
      }
      each = next;
    }
    if (futures != null) {
      List<Pending<C, R>> all = futures;
      threads.complete(() -> all.forEach(each -> each.completeFuture(durability)));
    }
  }

  // --- reading

  @Override
  public S state() {
    return newest().state();
  }

  /** The state as this process knows it; another one may have written since. */
  S published() {
    return projection.view().state();
  }

  private Projection.View<S> newest() {
    if (closed) {
      throw closedFailure();
    }
    return projection.newest();
  }

  /** The newest state if no other process is known to have written since; null if one has. */
  @Nullable S stateIfCurrent() {
    return projection.ifCurrent();
  }

  /** The newest point that {@link #state} would return the state of. */
  Journal.Point current() {
    return newest().at();
  }

  Journal journal() {
    return journal;
  }

  E decode(int schema, Input payload) {
    return projection.decode(schema, payload);
  }

  // --- snapshots and the end

  /** Lets what is queued finish, then closes the journal. */
  void close() {
    closed = true;
    threads.remove(this);
    long deadline = System.nanoTime() + limits.lockWait().toNanos();
    while (!takeTurnToClose()) {
      if (System.nanoTime() > deadline) {
        giveUpQueued(this::closedFailure);
        throw new DatabaseException.Busy(
            "partition " + name + " is held by " + journal.holder() + " and cannot be closed");
      }
      LockSupport.parkNanos(100_000);
    }
    Projection.View<S> last = projection.view();
    snapshots.close(last.state(), last.at());
    journal.close();
  }

  /** What is queued yet is for a committer thread, since the wait for the lock has no bound. */
  private boolean takeTurnToClose() {
    if (!takeTurn(Activity.IDLE)) {
      return false;
    }
    if (backlog == null && queue.isEmpty()) {
      return true;
    }
    passOn();
    return false;
  }

  private DatabaseException.Closed closedFailure() {
    return new DatabaseException.Closed("partition " + name + " was closed");
  }

  private DatabaseException.Busy queueFull() {
    return new DatabaseException.Busy(
        "partition " + name + " has " + limits.queueLength() + " commands waiting, its limit");
  }
}
