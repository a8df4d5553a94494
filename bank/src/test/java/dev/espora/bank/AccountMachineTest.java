package dev.espora.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.bank.Movement.Kind;
import dev.espora.bank.Outcome.Done;
import dev.espora.bank.Outcome.Reason;
import dev.espora.bank.Outcome.Rejected;
import dev.espora.db.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccountMachineTest {
  private static final Instant NOW = Instant.parse("2024-01-17T02:34:41.217753Z");

  private final AccountMachine machine = new AccountMachine(1_000);
  private final List<AccountEvent> events = new ArrayList<>();
  private Account account = machine.initial();

  @Test
  void creditsAndDebitsMoveTheBalance() {
    assertThat(credit(500)).isEqualTo(new Done(500));
    assertThat(debit(700)).isEqualTo(new Done(-200));
    assertThat(account.balance()).isEqualTo(-200);
  }

  @Test
  void aDebitReachesTheLimitAndNeverPassesIt() {
    assertThat(debit(1_000)).isEqualTo(new Done(-1_000));
    assertThat(debit(1)).isEqualTo(new Rejected(Reason.BEYOND_LIMIT));
    assertThat(debit(Movement.MAX_AMOUNT)).isEqualTo(new Rejected(Reason.BEYOND_LIMIT));
    assertThat(account.balance()).isEqualTo(-1_000);
    assertThat(events).hasSize(1);
  }

  @Test
  void aBalanceThatWouldOverflowIsRejected() {
    account = new Account(Long.MAX_VALUE - 1, List.of(), KeyWindow.EMPTY);
    assertThat(credit(1)).isEqualTo(new Done(Long.MAX_VALUE));
    assertThat(credit(1)).isEqualTo(new Rejected(Reason.BALANCE_OVERFLOW));
    assertThat(credit(Movement.MAX_AMOUNT)).isEqualTo(new Rejected(Reason.BALANCE_OVERFLOW));
    assertThat(account.balance()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theTenNewestTransactionsAreKeptNewestFirst() {
    for (int i = 1; i <= 25; i++) {
      credit(i);
      assertThat(account.newest()).hasSize(Math.min(i, 10));
    }
    assertThat(account.newest())
        .extracting(transaction -> transaction.movement().amount())
        .containsExactly(25L, 24L, 23L, 22L, 21L, 20L, 19L, 18L, 17L, 16L);
    assertThat(account.newest().getFirst().at()).isEqualTo(NOW);
  }

  @Test
  void aRepeatedKeyGetsTheFirstAnswerAndMovesNothing() {
    assertThat(submit(Kind.CREDIT, 5, "k")).isEqualTo(new Done(5));
    credit(100);
    assertThat(submit(Kind.CREDIT, 5, "k")).isEqualTo(new Done(5));
    assertThat(account.balance()).isEqualTo(105);
    assertThat(events).hasSize(2);
  }

  @Test
  void aRejectionIsRepeatedEvenWhenTheAccountCouldBearItByThen() {
    assertThat(submit(Kind.DEBIT, 2_000, "k")).isEqualTo(new Rejected(Reason.BEYOND_LIMIT));
    credit(10_000);
    assertThat(submit(Kind.DEBIT, 2_000, "k")).isEqualTo(new Rejected(Reason.BEYOND_LIMIT));
    assertThat(submit(Kind.DEBIT, 2_000, "other")).isEqualTo(new Done(8_000));
  }

  @Test
  void aKeyWithAnotherMovementIsRejected() {
    submit(Kind.CREDIT, 5, "k");
    assertThat(submit(Kind.CREDIT, 6, "k")).isEqualTo(new Rejected(Reason.KEY_REUSED));
    assertThat(submit(Kind.DEBIT, 5, "k")).isEqualTo(new Rejected(Reason.KEY_REUSED));
    assertThat(account.balance()).isEqualTo(5);
  }

  @Test
  void theLastThousandKeysAreRememberedWhateverComesBetween() {
    for (int i = 0; i < 5_000; i++) {
      submit(Kind.CREDIT, 1, "key-" + i);
      credit(1);
      if (i >= 999) {
        assertThat(account.keys().find("key-" + (i - 999))).isPresent();
      }
      assertThat(held()).isLessThanOrEqualTo(KeyWindow.SIZE + 64);
    }
    assertThat(account.keys().find("key-0")).isEmpty();
  }

  @Test
  void keysThatHashAlikeAreRememberedAndBoundedToo() {
    // "Aa" and "BB" have one hash, and so have all words made of them.
    for (int i = 0; i < 3_000; i++) {
      String bits = Integer.toBinaryString(i | 1 << 12);
      submit(Kind.CREDIT, 1, bits.replace("0", "Aa").replace("1", "BB"));
      assertThat(held()).isLessThanOrEqualTo(KeyWindow.SIZE + 64);
    }
    assertThat(held()).isGreaterThanOrEqualTo(KeyWindow.SIZE);
  }

  @Test
  void aMovementWithoutKeySharesTheWindow() {
    submit(Kind.CREDIT, 1, "k");
    KeyWindow before = account.keys();
    credit(1);
    assertThat(account.keys()).isSameAs(before);
  }

  @Test
  void earlierStatesStayAsTheyWere() {
    submit(Kind.CREDIT, 1, "a");
    Account earlier = account;
    submit(Kind.CREDIT, 2, "b");
    assertThat(earlier.keys().find("b")).isEmpty();
    assertThat(earlier.newest()).hasSize(1);
  }

  @Test
  void replayingTheEventsLeadsToTheSameState() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Kind kind = random.nextBoolean() ? Kind.CREDIT : Kind.DEBIT;
      String key = random.nextBoolean() ? "k" + random.nextInt(1_500) : "";
      submit(kind, random.nextInt(1, 500), key);
    }
    Account replayed = machine.initial();
    for (AccountEvent event : events) {
      replayed = machine.evolve(replayed, event);
    }
    assertThat(replayed).as("seed %d", seed).isEqualTo(account);
  }

  @Test
  void movementsKnowTheirBounds() {
    assertThat(new Movement(Kind.CREDIT, Movement.MAX_AMOUNT, "\ud83d\ude00".repeat(10)))
        .isNotNull();
    assertThatThrownBy(() -> new Movement(Kind.CREDIT, 0, "x")).hasMessageContaining("amount 0");
    assertThatThrownBy(() -> new Movement(Kind.CREDIT, 1L << 53, "x"))
        .hasMessageContaining("is not");
    assertThatThrownBy(() -> new Movement(Kind.CREDIT, 1, ""))
        .hasMessageContaining("0 code points");
    assertThatThrownBy(() -> new Movement(Kind.CREDIT, 1, "x".repeat(11)))
        .hasMessageContaining("11 code points");
  }

  private long held() {
    return account.keys().buckets().stream().mapToLong(List::size).sum();
  }

  private Outcome credit(long amount) {
    return submit(Kind.CREDIT, amount, "");
  }

  private Outcome debit(long amount) {
    return submit(Kind.DEBIT, amount, "");
  }

  private Outcome submit(Kind kind, long amount, String key) {
    Optional<String> maybeKey = key.isEmpty() ? Optional.empty() : Optional.of(key);
    Decision<AccountEvent, Outcome> decision =
        machine.decide(account, new AccountCommand(new Movement(kind, amount, "x"), NOW, maybeKey));
    for (AccountEvent event : decision.events()) {
      events.add(event);
      account = machine.evolve(account, event);
    }
    return decision.result();
  }
}
