package dev.espora.db;

import dev.espora.db.codec.Codec;

/**
 * A machine for tests: a sum that never goes below zero; commands and events are the differences.
 */
record Counter() implements StateMachine<Counter.Total, Long, Counter.Added, Long> {

  /** The sum and how many events made it. */
  record Total(long sum, long events) {}

  /** One event. */
  record Added(long difference) {}

  @Override
  public Total initial() {
    return new Total(0, 0);
  }

  /** The new sum, or -1 for a rejection. */
  @Override
  public Decision<Added, Long> decide(Total state, Long command) {
    if (command == Long.MIN_VALUE) {
      throw new IllegalArgumentException("this command is refused by an exception");
    }
    long sum = state.sum + command;
    return sum < 0 ? Decision.reject(-1L) : Decision.accept(new Added(command), sum);
  }

  @Override
  public Total evolve(Total state, Added event) {
    return new Total(state.sum + event.difference, state.events + 1);
  }

  @Override
  public Codec<Added> eventCodec() {
    return Codec.of(Added.class);
  }

  @Override
  public Codec<Total> stateCodec() {
    return Codec.of(Total.class);
  }
}
