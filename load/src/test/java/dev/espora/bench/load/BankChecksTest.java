package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class BankChecksTest extends Judging {
  private static final Transaction CREDIT = new Transaction(2, 500, Transaction.CREDIT, "salario");
  private static final Transaction DEBIT = new Transaction(2, 200, Transaction.DEBIT, "aluguel");

  private final BankChecks checks = new BankChecks(findings);

  @Test
  void aBalanceDownToTheLimitIsRight() {
    checks.booked(DEBIT, ok("{\"limite\": 80000, \"saldo\": -80000}"));

    assertThat(findings.violations()).isZero();
  }

  @Test
  void aBalanceBelowTheLimitIsInconsistent() {
    assertInconsistent(() -> checks.booked(DEBIT, ok("{\"limite\": 80000, \"saldo\": -80001}")));
  }

  @Test
  void anotherLimitIsInconsistent() {
    assertInconsistent(() -> checks.booked(DEBIT, ok("{\"limite\": 80001, \"saldo\": 0}")));
  }

  @Test
  void onlyADebitMayBeRefused() {
    Answer refusal = new Answer(422, "", "");
    assertThatCode(() -> checks.bookedOrBeyondTheLimit(DEBIT, refusal)).doesNotThrowAnyException();
    assertFailed(() -> checks.booked(CREDIT, refusal));
    assertFailed(() -> checks.bookedOrBeyondTheLimit(DEBIT, new Answer(500, "", "")));
  }

  @Test
  void inTheEndTheBalanceIsTheSumOfWhatWasAcknowledged() {
    checks.booked(CREDIT, ok("{\"limite\": 80000, \"saldo\": 500}"));
    checks.bookedOrBeyondTheLimit(DEBIT, ok("{\"limite\": 80000, \"saldo\": 300}"));
    checks.bookedOrBeyondTheLimit(DEBIT, new Answer(422, "", ""));

    assertThatCode(() -> checks.total(2, statement(300))).doesNotThrowAnyException();
    assertInconsistent(() -> checks.total(2, statement(100)));
  }

  @Test
  void aSumIsUndecidedWhereARequestHasNoAnswer() {
    findings.kind("debits").sending();

    assertThatCode(() -> checks.total(2, statement(100))).doesNotThrowAnyException();
  }

  @Test
  void aStatementBeginsWithTheNewest() {
    Answer one =
        ok(
            "{\"saldo\": {\"total\": 500, \"limite\": 80000}, \"ultimas_transacoes\":"
                + " [{\"valor\": 500, \"tipo\": \"c\", \"descricao\": \"salario\"}]}");
    assertThatCode(() -> checks.newest(2, one, CREDIT)).doesNotThrowAnyException();
    assertInconsistent(() -> checks.newest(2, one, DEBIT));
    assertInconsistent(() -> checks.newest(2, one, CREDIT, DEBIT));
  }

  /** Ten transactions, so that it may have any balance. */
  private static Answer statement(long balance) {
    String rows = "{\"valor\": 1, \"tipo\": \"c\", \"descricao\": \"a\"},".repeat(10);
    return ok(
        "{\"saldo\": {\"total\": %d, \"limite\": 80000}, \"ultimas_transacoes\": [%s]}"
            .formatted(balance, rows.substring(0, rows.length() - 1)));
  }
}
