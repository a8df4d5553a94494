package dev.espora.db;

import java.util.concurrent.CompletableFuture;

/**
 * One totally ordered log and the state it leads to, shared by every thread and process that has it
 * open.
 *
 * <p>Safe for use by any number of threads, virtual ones included. Commands take effect one after
 * another in the order of the log; those of one thread in the order in which it submitted them.
 *
 * @param <S> the state, an immutable value
 * @param <C> the command
 * @param <R> the result
 */
public interface Partition<S, C, R> {

  String name();

  /**
   * Submits a command and waits until its effect is as durable as the database's {@link Durability}
   * says.
   *
   * <p>An interrupt does not end the wait, since the outcome would be unknown; the thread's
   * interrupt status is kept.
   *
   * @throws DatabaseException.Busy if the queue stays full, or another process holds the
   *     partition's lock, beyond the limit
   * @throws DatabaseException.OutOfSpace if the disk is full; nothing was written
   * @throws DatabaseException.OutcomeUnknown if writing or syncing failed; the database is poisoned
   * @throws DatabaseException.Poisoned if it was already
   * @throws DatabaseException.Closed if the database is closed
   * @throws DatabaseException.LimitExceeded if the events are beyond {@link Limits}; nothing was
   *     written
   * @throws DatabaseException.Corrupt if what another process wrote cannot be read
   * @throws RuntimeException what {@link StateMachine#decide} threw; nothing was written
   */
  Receipt<R> submit(C command);

  /**
   * As {@link #submit}, without waiting: the future completes, normally or with the same
   * exceptions, once the outcome is known, on a thread that all futures of the database share and
   * that must not be blocked. A full queue fails the future at once.
   */
  CompletableFuture<Receipt<R>> submitAsync(C command);

  /**
   * The newest acknowledged state: it contains every command that any process acknowledged before
   * this call began, and, under a durability that {@linkplain Durability#survivesPowerCut survives
   * a power cut}, nothing that a crash could take back. Costs one read of shared memory unless
   * another process wrote since; never waits for writers.
   *
   * @throws DatabaseException.Closed if the database is closed
   * @throws DatabaseException.Poisoned if a write or sync failed
   * @throws DatabaseException.Corrupt if what another process wrote cannot be read
   */
  S state();
}
