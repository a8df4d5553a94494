package dev.espora.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.bank.Movement.Kind;
import dev.espora.bank.Outcome.Done;
import dev.espora.bank.Outcome.Reason;
import dev.espora.bank.Outcome.Rejected;
import dev.espora.db.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bank on files: what it promised holds after a restart, and beside another instance. */
class BankRestartTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2024-01-17T02:34:41.217753Z"));

  @TempDir Path directory;

  @Test
  void balancesStatementsAndKeysSurviveARestart() {
    Statement before;
    try (Database database = Database.open(directory)) {
      Bank bank = Bank.open(database, Accounts.DEFAULTS, CLOCK);
      assertThat(move(bank, Kind.CREDIT, 10, "first")).isEqualTo(new Done(10));
      assertThat(move(bank, Kind.DEBIT, 999_999, "poor"))
          .isEqualTo(new Rejected(Reason.BEYOND_LIMIT));
      for (int i = 0; i < 900; i++) {
        assertThat(move(bank, Kind.CREDIT, 1_000, "")).isEqualTo(new Done(10 + 1_000L * (i + 1)));
      }
      before = join(bank.statement(1));
    }
    try (Database database = Database.open(directory)) {
      Bank bank = Bank.open(database, new Accounts(Map.of(9L, 9L)), CLOCK);
      assertThat(bank.limit(9)).isEmpty();
      assertThat(join(bank.statement(1))).isEqualTo(before);
      assertThat(move(bank, Kind.CREDIT, 10, "first")).isEqualTo(new Done(10));
      assertThat(move(bank, Kind.DEBIT, 999_999, "poor"))
          .isEqualTo(new Rejected(Reason.BEYOND_LIMIT));
      assertThat(move(bank, Kind.CREDIT, 11, "first")).isEqualTo(new Rejected(Reason.KEY_REUSED));
      assertThat(join(bank.statement(1))).isEqualTo(before);
    }
  }

  @Test
  void movementsAskedForWhileTheAccountOpensHappenInTheirOrder() {
    try (Database database = Database.open(directory)) {
      Bank bank = Bank.open(database, Accounts.DEFAULTS, CLOCK);
      Movement credit = new Movement(Kind.CREDIT, 1, "one");
      List<CompletionStage<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        outcomes.add(bank.move(1, credit, Optional.empty()));
      }
      for (int i = 0; i < 200; i++) {
        assertThat(join(outcomes.get(i))).isEqualTo(new Done(i + 1));
      }
    }
  }

  @Test
  void twoInstancesThatStartTogetherShareAccountsLimitsAndKeys() {
    try (Database one = Database.open(directory);
        Database two = Database.open(directory)) {
      List<CompletableFuture<Bank>> starts = new ArrayList<>();
      for (Database database : List.of(one, two)) {
        Accounts offered = new Accounts(Map.of(1L, database == one ? 1_000L : 500L));
        starts.add(CompletableFuture.supplyAsync(() -> Bank.open(database, offered, CLOCK)));
      }
      List<Bank> banks = starts.stream().map(CompletableFuture::join).toList();
      long limit = banks.getFirst().limit(1).orElseThrow();
      assertThat(banks.getLast().limit(1)).hasValue(limit);

      List<CompletionStage<Outcome>> debits = new ArrayList<>();
      for (int i = 0; i < 1_200; i++) {
        Movement debit = new Movement(Kind.DEBIT, 1, "x");
        debits.add(banks.get(i % 2).move(1, debit, Optional.of("key-" + i / 2)));
      }
      List<Outcome> outcomes = debits.stream().map(BankRestartTest::join).toList();

      for (int i = 0; i < 1_200; i += 2) {
        assertThat(outcomes.get(i)).isEqualTo(outcomes.get(i + 1));
      }
      long expected = -Math.min(limit, 600);
      for (Bank bank : banks) {
        assertThat(join(bank.statement(1)).balance()).isEqualTo(expected);
      }
    }
  }

  private static Outcome move(Bank bank, Kind kind, long amount, String key) {
    Optional<String> maybeKey = key.isEmpty() ? Optional.empty() : Optional.of(key);
    return join(bank.move(1, new Movement(kind, amount, "x"), maybeKey));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
