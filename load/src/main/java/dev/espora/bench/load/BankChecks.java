package dev.espora.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What must hold of the bank's answers. Keeps the sum of what each account acknowledged. Safe for
 * use by many threads.
 */
final class BankChecks {
  private final Findings findings;
  private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();

  BankChecks(Findings findings) {
    this.findings = findings;
  }

  /** It was booked. */
  void booked(Transaction transaction, Answer answer) {
    if (!answer.ok()) {
      throw findings.failed(answer + " for " + transaction);
    }
    acknowledged.merge(transaction.account(), transaction.signed(), Long::sum);
    JsonNode body = Json.parse(answer.body());
    long limit = Json.integer(body, "limite");
    long balance = Json.integer(body, "saldo");
    if (limit != Accounts.limit(transaction.account()) || balance < -limit) {
      throw findings.inconsistent("%s after %s".formatted(answer, transaction));
    }
  }

  /** It was booked, or refused for the limit. */
  void bookedOrBeyondTheLimit(Transaction transaction, Answer answer) {
    if (answer.status() != 422) {
      booked(transaction, answer);
    }
  }

  void refused(Answer answer) {
    if (!answer.refused()) {
      throw findings.failed(answer + " instead of 422");
    }
  }

  void unknown(Answer answer) {
    if (answer.status() != 404) {
      throw findings.failed(answer + " instead of 404");
    }
  }

  /** Returns the statement, which agrees with itself. */
  Statement statement(int account, Answer answer) {
    if (!answer.ok()) {
      throw findings.failed(answer + " instead of the statement of " + account);
    }
    Statement statement = Statement.parse(account, answer.body());
    statement
        .contradiction()
        .ifPresent(reason -> {
          throw findings.inconsistent(reason);
        });
    return statement;
  }

  /** The statement also has this balance. */
  void balance(int account, Answer answer, long expected) {
    Statement statement = statement(account, answer);
    if (statement.balance() != expected) {
      throw findings.inconsistent(statement + " instead of a balance of " + expected);
    }
  }

  /** The statement also begins with these, the newest first. */
  void newest(int account, Answer answer, Transaction... expected) {
    Statement statement = statement(account, answer);
    for (int i = 0; i < expected.length; i++) {
      if (statement.newest().size() <= i || !statement.newest().get(i).equals(expected[i])) {
        throw findings.inconsistent(statement + " does not begin with " + expected[i]);
      }
    }
  }

  /**
   * When nothing is under way: the balance is the sum of what was acknowledged. Not decided where
   * requests have no answer.
   */
  void total(int account, Answer answer) {
    if (findings.unanswered() == 0) {
      balance(account, answer, acknowledged.getOrDefault(account, 0L));
    } else {
      Statement _ = statement(account, answer);
    }
  }
}
