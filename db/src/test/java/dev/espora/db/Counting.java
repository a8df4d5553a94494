package dev.espora.db;

import dev.espora.db.codec.Codec;

/**
 * A machine for tests in other packages whose events are long, so that its log is soon released:
 * commands are what is added to a sum.
 */
public record Counting() implements StateMachine<Counting.Total, Long, Counting.Added, Long> {
  private static final int PADDING = 30_000;

  /** The sum so far. */
  public record Total(long sum) {}

  /** One event. */
  public record Added(long difference, String padding) {}

  @Override
  public Total initial() {
    return new Total(0);
  }

  @Override
  public Decision<Added, Long> decide(Total state, Long command) {
    return Decision.accept(new Added(command, "x".repeat(PADDING)), state.sum + command);
  }

  @Override
  public Total evolve(Total state, Added event) {
    return new Total(state.sum + event.difference);
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
