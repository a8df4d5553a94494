package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatementTest {

  @Test
  void whatTheBankAnswersAgreesWithItself() {
    Statement statement =
        Statement.parse(
            1,
            """
            {"saldo": {"total": -90, "data_extrato": "2026-11-21T02:34:41.217753Z", "limite": 100000},
             "ultimas_transacoes": [
               {"valor": 100, "tipo": "d", "descricao": "b", "realizada_em": "2026-11-21T02:34:41Z"},
               {"valor": 10, "tipo": "c", "descricao": "a", "realizada_em": "2026-11-21T02:34:40Z"}]}
            """);

    assertThat(statement.contradiction()).isEmpty();
    assertThat(statement.newest()).first().isEqualTo(debit(100, "b"));
  }

  @Test
  void whereAllTransactionsAreShownTheyAddUpToTheBalance() {
    assertThat(statement(-100, debit(100, "a")).contradiction()).isEmpty();
    assertThat(statement(-101, debit(100, "a")).contradiction()).isPresent();
    assertThat(statement(1).contradiction()).isPresent();
  }

  @Test
  void whereThereAreMoreTheyNeedNotAddUp() {
    assertThat(statement(7, tenDebits()).contradiction()).isEmpty();
  }

  @Test
  void noBalanceIsBelowTheLimitNorWasItBeforeOneOfTheTransactions() {
    assertThat(statement(-100_000, debit(100_000, "a")).contradiction()).isEmpty();
    assertThat(statement(-100_001, debit(100_001, "a")).contradiction()).isPresent();
    assertThat(statement(0, credit(100_001, "b"), debit(100_001, "a")).contradiction()).isPresent();
  }

  @Test
  void theLimitIsThatOfTheAccount() {
    assertThat(new Statement(1, 0, 80_000, List.of()).contradiction()).isPresent();
    assertThat(new Statement(2, 0, 80_000, List.of()).contradiction()).isEmpty();
  }

  @Test
  void moreThanTenTransactionsAreTooMany() {
    Transaction[] eleven = Collections.nCopies(11, credit(1, "a")).toArray(Transaction[]::new);

    assertThat(statement(11, eleven).contradiction()).isPresent();
  }

  @Test
  void otherFormsAreRefused() {
    for (String json :
        List.of(
            "",
            "[]",
            "{}",
            "{\"saldo\": {\"total\": 0, \"limite\": 1}}",
            "{\"saldo\": {\"total\": 1.5, \"limite\": 1}, \"ultimas_transacoes\": []}",
            "{\"saldo\": {\"total\": 0, \"total\": 0, \"limite\": 1}, \"ultimas_transacoes\": []}",
            "{\"saldo\": {\"total\": 0, \"limite\": 1}, \"ultimas_transacoes\": [{\"tipo\": \"x\"}]}")) {
      assertThatIllegalArgumentException().as(json).isThrownBy(() -> Statement.parse(1, json));
    }
  }

  private static Statement statement(long balance, Transaction... newest) {
    return new Statement(1, balance, 100_000, List.of(newest));
  }

  private static Transaction[] tenDebits() {
    return Collections.nCopies(10, debit(1, "a")).toArray(Transaction[]::new);
  }

  private static Transaction debit(long cents, String description) {
    return new Transaction(1, cents, Transaction.DEBIT, description);
  }

  private static Transaction credit(long cents, String description) {
    return new Transaction(1, cents, Transaction.CREDIT, description);
  }
}
