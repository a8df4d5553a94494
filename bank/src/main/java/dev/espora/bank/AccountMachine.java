package dev.espora.bank;

import dev.espora.bank.Movement.Kind;
import dev.espora.bank.Outcome.Reason;
import dev.espora.db.Decision;
import dev.espora.db.Forwarding;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.util.Optional;

/**
 * The rules of an account.
 *
 * @param limit cents that the balance may go below zero
 */
record AccountMachine(long limit)
    implements StateMachine<Account, AccountCommand, AccountEvent, Outcome> {

  private static final Codec<AccountEvent> EVENTS = Codec.of(AccountEvent.class);
  private static final Codec<Account> STATES = Codec.of(Account.class);
  private static final Forwarding<AccountCommand, Outcome> FORWARDING =
      Forwarding.of(AccountCommand.class, Outcome.class);

  @Override
  public Account initial() {
    return Account.EMPTY;
  }

  @Override
  public Decision<AccountEvent, Outcome> decide(Account account, AccountCommand command) {
    Movement movement = command.movement();
    if (command.key().isPresent()) {
      Optional<KeyWindow.Remembered> earlier = account.keys().find(command.key().get());
      if (earlier.isPresent()) {
        return Decision.reject(
            earlier.get().movement().equals(movement)
                ? earlier.get().outcome()
                : new Outcome.Rejected(Reason.KEY_REUSED));
      }
    }
    Outcome outcome = judge(account.balance(), movement);
    return switch (outcome) {
      case Outcome.Done done ->
          Decision.accept(
              new AccountEvent.Moved(new Transaction(movement, command.at()), command.key()), done);
      case Outcome.Rejected(Reason reason) when command.key().isPresent() ->
          Decision.accept(new AccountEvent.Refused(movement, reason, command.key().get()), outcome);
      case Outcome.Rejected _ -> Decision.reject(outcome);
    };
  }

  private Outcome judge(long balance, Movement movement) {
    long amount = movement.amount();
    if (movement.kind() == Kind.CREDIT) {
      return balance > Long.MAX_VALUE - amount
          ? new Outcome.Rejected(Reason.BALANCE_OVERFLOW)
          : new Outcome.Done(balance + amount);
    }
    // Cannot overflow: a balance is never below -2^53, an amount never above 2^53.
    return balance - amount < -limit
        ? new Outcome.Rejected(Reason.BEYOND_LIMIT)
        : new Outcome.Done(balance - amount);
  }

  @Override
  public Account evolve(Account account, AccountEvent event) {
    return account.after(event);
  }

  @Override
  public Codec<AccountEvent> eventCodec() {
    return EVENTS;
  }

  @Override
  public Codec<Account> stateCodec() {
    return STATES;
  }

  @Override
  public Optional<Forwarding<AccountCommand, Outcome>> forwarding() {
    return Optional.of(FORWARDING);
  }
}
