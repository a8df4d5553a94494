package dev.espora.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A statement as it was answered.
 *
 * @param newest transactions, the newest first
 */
record Statement(int account, long balance, long limit, List<Transaction> newest) {
  private static final int ROWS_MAX = 10;

  Statement {
    newest = List.copyOf(newest);
  }

  /**
   * @throws IllegalArgumentException if it has not the form of a statement
   */
  static Statement parse(int account, String json) {
    JsonNode statement = Json.parse(json);
    JsonNode rows = statement.path("ultimas_transacoes");
    if (!rows.isArray()) {
      throw new IllegalArgumentException("no 'ultimas_transacoes' in " + json);
    }
    return new Statement(
        account,
        Json.integer(statement.path("saldo"), "total"),
        Json.integer(statement.path("saldo"), "limite"),
        rows.valueStream().map(row -> transaction(account, row)).toList());
  }

  private static Transaction transaction(int account, JsonNode row) {
    String kind = Json.text(row, "tipo");
    if (!kind.equals(Transaction.CREDIT) && !kind.equals(Transaction.DEBIT)) {
      throw new IllegalArgumentException("neither a credit nor a debit: " + row);
    }
    return new Transaction(account, Json.integer(row, "valor"), kind, Json.text(row, "descricao"));
  }

  /**
   * What contradicts the contract, or itself: the balance and those before its transactions stay
   * within the limit, and where these are all transactions they add up to it.
   */
  Optional<String> contradiction() {
    if (limit != Accounts.limit(account)) {
      return wrong("its limit is " + Accounts.limit(account));
    }
    if (newest.size() > ROWS_MAX) {
      return wrong("has more than " + ROWS_MAX + " transactions");
    }
    long before = balance;
    for (Transaction transaction : newest) {
      if (before < -limit) {
        return wrong("is below its limit");
      }
      before -= transaction.signed();
    }
    if (before < -limit) {
      return wrong("is below its limit");
    }
    return newest.size() < ROWS_MAX && before != 0
        ? wrong("is not the sum of its transactions")
        : Optional.empty();
  }

  private Optional<String> wrong(String reason) {
    return Optional.of(this + " " + reason);
  }
}
