package dev.espora.bank;

import dev.espora.bank.Movement.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The state of one account. Immutable.
 *
 * @param balance cents
 * @param newest the newest transactions, newest first, at most {@link #NEWEST}
 * @param keys the idempotency keys that are remembered
 */
record Account(long balance, List<Transaction> newest, KeyWindow keys) {

  /** How many transactions a statement shows. */
  static final int NEWEST = 10;

  static final Account EMPTY = new Account(0, List.of(), KeyWindow.EMPTY);

  Account after(AccountEvent event) {
    return switch (event) {
      case AccountEvent.Moved moved -> after(moved);
      case AccountEvent.Refused(var movement, var reason, var key) ->
          new Account(balance, newest, keys.with(key, movement, new Outcome.Rejected(reason)));
    };
  }

  private Account after(AccountEvent.Moved moved) {
    Transaction transaction = moved.transaction();
    Movement movement = transaction.movement();
    long after =
        movement.kind() == Kind.CREDIT ? balance + movement.amount() : balance - movement.amount();
    List<Transaction> latest = new ArrayList<>(NEWEST);
    latest.add(transaction);
    latest.addAll(newest.size() < NEWEST ? newest : newest.subList(0, NEWEST - 1));
    KeyWindow window =
        moved.key().isEmpty()
            ? keys
            : keys.with(moved.key().get(), movement, new Outcome.Done(after));
    return new Account(after, Collections.unmodifiableList(latest), window);
  }
}
