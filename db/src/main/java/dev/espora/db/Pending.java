package dev.espora.db;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A command on its way, and the caller or future that waits for it. */
final class Pending<C, R> {
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Pending.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int QUEUED = 0;
  private static final int TAKEN = 1;
  private static final int GIVEN_UP = 2;
  private static final int DONE = 3;

  final C command;
  private final Thread waiter;
  final @Nullable CompletableFuture<Receipt<R>> future;

  /** The one queued before it, later the one to be taken after it. */
  @Nullable Pending<C, R> next;

  /** How many are queued, this one included. */
  int depth;

  /** The group that it travels in, or has; null if it is decided where it was submitted. */
  @Nullable Forwarded<C, R> forwarded;

  /** The result, written down, of one that travels. */
  Forwarder.@Nullable Verdict verdict;

  private volatile int state;

  private @Nullable R result;
  private @Nullable Supplier<? extends RuntimeException> failure;
  private long position;
  private long syncNanos;

  Pending(C command, @Nullable CompletableFuture<Receipt<R>> future) {
    this.command = command;
    this.future = future;
    this.waiter = Thread.currentThread();
  }

  /**
   * From now on the command takes effect or fails with its batch; false if it was given up before.
   */
  boolean take() {
    return STATE.compareAndSet(this, QUEUED, TAKEN);
  }

  /** Fails it if nobody has taken it yet, and says whether it did. */
  boolean giveUp(Supplier<? extends RuntimeException> reason) {
    if (!STATE.compareAndSet(this, QUEUED, GIVEN_UP)) {
      return false;
    }
    uncommitted(reason);
    finish();
    return true;
  }

  boolean isTaken() {
    return state == TAKEN;
  }

  /** Undoes {@link #take}: it waits again, and can be given up. */
  void putBack() {
    verdict = null;
    boolean _ = STATE.compareAndSet(this, TAKEN, QUEUED);
  }

  /** May come again, where the state has moved on since. */
  void decided(R result) {
    this.result = result;
    failure = null;
  }

  /** Of one that travels. */
  void decided(R result, Forwarder.Verdict verdict) {
    decided(result);
    this.verdict = verdict;
  }

  /** Why there is no result; null if there is one. */
  @Nullable RuntimeException failure() {
    Supplier<? extends RuntimeException> reason = failure;
    return reason == null ? null : reason.get();
  }

  long position() {
    return position;
  }

  long syncNanos() {
    return syncNanos;
  }

  /** Replaces whatever was decided: the batch did not make it, or the command itself is refused. */
  void failed(Supplier<? extends RuntimeException> reason) {
    result = null;
    failure = reason;
  }

  /** It was not committed here; if it travels, another process may have done so, or yet do. */
  void uncommitted(Supplier<? extends RuntimeException> reason) {
    failed(
        forwarded == null
            ? reason
            : () ->
                new DatabaseException.OutcomeUnknown(
                    "the command was forwarded, and whether it took effect is unknown",
                    reason.get()));
  }

  void committed(long position, long syncNanos) {
    this.position = position;
    this.syncNanos = syncNanos;
  }

  /**
   * Publishes the outcome and wakes the caller; a future is completed by {@link #completeFuture}
   * afterwards.
   */
  void finish() {
    STATE.setVolatile(this, DONE);
    if (future == null && !waiter.equals(Thread.currentThread())) {
      LockSupport.unpark(waiter);
    }
  }

  void completeFuture(Durability durability) {
    CompletableFuture<Receipt<R>> target = java.util.Objects.requireNonNull(future);
    Supplier<? extends RuntimeException> reason = failure;
    if (reason != null) {
      target.completeExceptionally(reason.get());
    } else {
      target.complete(receipt(durability));
    }
  }

  /** Waits for the outcome. An interrupt does not end the wait; it is kept for the caller. */
  Receipt<R> await(Durability durability) {
    boolean interrupted = false;
    while (state != DONE) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Supplier<? extends RuntimeException> reason = failure;
    if (reason != null) {
      throw reason.get(); // made here, so that its stack is the caller's
    }
    return receipt(durability);
  }

  @SuppressWarnings("NullAway") // a state machine may answer null
  private Receipt<R> receipt(Durability durability) {
    return new Receipt<>(result, position, durability, Duration.ofNanos(syncNanos));
  }
}
