package dev.espora.testkit;

import dev.espora.db.Decision;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.util.List;

/** A sum that never goes below zero. The result is the new sum, or -1 for a rejection. */
record Tally() implements StateMachine<Tally.Total, Tally.Add, Tally.Added, Long> {

  /** The sum and how many events made it. */
  record Total(long sum, long events) {}

  /** Adds several numbers, all of them or none. */
  record Add(List<Long> numbers) {}

  /** One of the numbers. */
  record Added(long number) {}

  @Override
  public Total initial() {
    return new Total(0, 0);
  }

  @Override
  public Decision<Added, Long> decide(Total state, Add command) {
    if (command.numbers().isEmpty()) {
      throw new IllegalArgumentException("nothing is to be added");
    }
    long sum = state.sum + command.numbers().stream().mapToLong(Long::longValue).sum();
    return sum < 0
        ? Decision.reject(-1L)
        : Decision.accept(command.numbers().stream().map(Added::new).toList(), sum);
  }

  @Override
  public Total evolve(Total state, Added event) {
    return new Total(state.sum + event.number, state.events + 1);
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
