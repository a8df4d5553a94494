package dev.espora.testkit;

import dev.espora.db.Decision;
import dev.espora.db.Forwarding;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.util.Optional;

/** A {@link Tally} whose commands may be decided by another process. */
record TravellingTally(Tally rules)
    implements StateMachine<Tally.Total, Tally.Add, Tally.Added, Long> {

  TravellingTally() {
    this(new Tally());
  }

  @Override
  public Tally.Total initial() {
    return rules.initial();
  }

  @Override
  public Decision<Tally.Added, Long> decide(Tally.Total state, Tally.Add command) {
    return rules.decide(state, command);
  }

  @Override
  public Tally.Total evolve(Tally.Total state, Tally.Added event) {
    return rules.evolve(state, event);
  }

  @Override
  public Codec<Tally.Added> eventCodec() {
    return rules.eventCodec();
  }

  @Override
  public Codec<Tally.Total> stateCodec() {
    return rules.stateCodec();
  }

  @Override
  public Optional<Forwarding<Tally.Add, Long>> forwarding() {
    return Optional.of(Forwarding.of(Tally.Add.class, Long.class));
  }
}
