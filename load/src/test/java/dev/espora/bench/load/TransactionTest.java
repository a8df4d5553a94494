package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransactionTest {

  @Test
  void randomOnesAreAllowedAndOfEveryAccount() {
    Random random = new Random(7);
    Set<Integer> accounts = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      Transaction transaction = Transaction.random(Transaction.DEBIT, random);
      JsonNode body = Json.parse(transaction.json());
      assertThat(Json.integer(body, "valor")).isBetween(1L, 10_000L);
      assertThat(Json.text(body, "tipo")).isEqualTo("d");
      assertThat(Json.text(body, "descricao")).matches("[A-Za-z0-9]{10}");
      accounts.add(transaction.account());
    }
    assertThat(accounts).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
  }

  @Test
  void creditsAddAndDebitsTake() {
    assertThat(new Transaction(1, 5, Transaction.CREDIT, "a").signed()).isEqualTo(5);
    assertThat(new Transaction(1, 5, Transaction.DEBIT, "a").signed()).isEqualTo(-5);
  }
}
