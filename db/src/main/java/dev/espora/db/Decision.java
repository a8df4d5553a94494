package dev.espora.db;

import java.util.List;

/**
 * What a {@link StateMachine} makes of a command: the events to write, all or nothing, and the
 * result for the caller.
 *
 * <p>A rejection has no events and needs no record, but it is an answer about the newest state, so
 * its caller hears of it only after that state is durable.
 *
 * @param events what happened, in order; empty for a rejection
 * @param result what the caller gets
 */
public record Decision<E, R>(List<E> events, R result) {

  public Decision {
    events = List.copyOf(events);
  }

  /** The command is accepted and causes one event. */
  public static <E, R> Decision<E, R> accept(E event, R result) {
    return new Decision<>(List.of(event), result);
  }

  /**
   * The command is accepted and causes several events, written in one batch: all of them or none.
   */
  public static <E, R> Decision<E, R> accept(List<E> events, R result) {
    return new Decision<>(events, result);
  }

  /** The command changes nothing. */
  public static <E, R> Decision<E, R> reject(R result) {
    return new Decision<>(List.of(), result);
  }
}
