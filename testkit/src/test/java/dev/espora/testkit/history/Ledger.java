package dev.espora.testkit.history;

import dev.espora.db.Decision;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;

/** An account as a partition: what {@link Account} is the model of. */
record Ledger() implements StateMachine<Ledger.State, Long, Ledger.Booked, Account.Balance> {
  static final long LIMIT = 50;

  /** The balance in cents. */
  record State(long cents) {}

  /** Cents that were added. */
  record Booked(long cents) {}

  @Override
  public State initial() {
    return new State(0);
  }

  @Override
  public Decision<Booked, Account.Balance> decide(State state, Long cents) {
    long next = state.cents + cents;
    return cents < 0 && next < -LIMIT
        ? Decision.reject(Account.Balance.REFUSED)
        : Decision.accept(new Booked(cents), new Account.Balance(true, next));
  }

  @Override
  public State evolve(State state, Booked event) {
    return new State(state.cents + event.cents);
  }

  @Override
  public Codec<Booked> eventCodec() {
    return Codec.of(Booked.class);
  }

  @Override
  public Codec<State> stateCodec() {
    return Codec.of(State.class);
  }
}
