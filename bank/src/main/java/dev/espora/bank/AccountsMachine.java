package dev.espora.bank;

import dev.espora.db.Decision;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.util.Map;

/**
 * The list of accounts, stored once: the first list offered stays, every later one is answered with
 * it. Of several instances that start together one is first.
 */
record AccountsMachine() implements StateMachine<Accounts, Accounts, Accounts, Accounts> {

  @Override
  public Accounts initial() {
    return new Accounts(Map.of());
  }

  @Override
  public Decision<Accounts, Accounts> decide(Accounts stored, Accounts offered) {
    return stored.limits().isEmpty() ? Decision.accept(offered, offered) : Decision.reject(stored);
  }

  @Override
  public Accounts evolve(Accounts stored, Accounts event) {
    return event;
  }

  @Override
  public Codec<Accounts> eventCodec() {
    return Codec.of(Accounts.class);
  }

  @Override
  public Codec<Accounts> stateCodec() {
    return Codec.of(Accounts.class);
  }
}
