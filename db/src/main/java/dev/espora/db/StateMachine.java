package dev.espora.db;

import dev.espora.db.codec.Codec;
import java.util.Optional;

/**
 * The rules of a partition: a deterministic state machine over one totally ordered log.
 *
 * <p>A command is a wish, an event is a fact. {@link #decide} looks at a command beside the newest
 * state and either rejects it or says which events it causes; the events are written and synced;
 * {@link #evolve} folds them into the state, here, in every other process, and again whenever the
 * log is replayed. Nothing but the event may therefore influence {@code evolve}: no clock, no
 * random number, no other partition. Time and ids come in with the command and go out with the
 * event.
 *
 * <p>States are immutable values: a reader keeps the one it got for as long as it likes. Both
 * methods are called by one thread at a time, of the database or of any caller, and must not block
 * or call back into the database. Either may be called again for the same command or event, and
 * {@code evolve} for events that are not written in the end, so they have no side effects.
 *
 * @param <S> the state, an immutable value
 * @param <C> the command, which is not stored
 * @param <E> the event, what the log stores
 * @param <R> the result a caller gets, for accepted and rejected commands alike
 */
public interface StateMachine<S, C, E, R> {

  /** The state before the first event. */
  S initial();

  /**
   * Judges a command against the newest state.
   *
   * <p>An exception thrown here reaches the caller of this command alone; nothing is written for
   * it.
   */
  Decision<E, R> decide(S state, C command);

  /**
   * Returns the state after an event. Must accept every event that {@link #decide} ever produced.
   */
  S evolve(S state, E event);

  /** How events are written. */
  Codec<E> eventCodec();

  /** How states are written into snapshots. */
  Codec<S> stateCodec();

  /**
   * How commands and results travel. A medium on several machines has the process that leads decide
   * the commands of all, so that they make one batch; without it each process decides its own, and
   * takes turns with the others, which is slower by far where several write. What {@link #decide}
   * throws elsewhere arrives as an {@link IllegalStateException} with its text, unless it is a
   * {@link DatabaseException.LimitExceeded}.
   *
   * @return empty, as it is by default, if commands and results are not to leave this process
   */
  default Optional<Forwarding<C, R>> forwarding() {
    return Optional.empty();
  }
}
