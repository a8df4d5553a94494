package dev.espora.fuzz;

import dev.espora.bank.Accounts;
import dev.espora.bank.Bank;
import dev.espora.bank.BankRoutes;
import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.http.RequestCheck;
import dev.espora.http.Routes;
import java.time.Instant;
import java.util.Set;

/** Bodies of the bank's transactions: 200, 400 or 422. */
public final class BankTarget {
  private static final Set<Integer> ALLOWED = Set.of(200, 400, 422);
  private static final Routes ROUTES =
      BankRoutes.of(
          Bank.open(Database.inMemory(Options.DEFAULTS), Accounts.DEFAULTS, () -> Instant.EPOCH));

  private BankTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    int status = RequestCheck.answer(ROUTES, "/clientes/1/transacoes", input);
    if (!ALLOWED.contains(status)) {
      throw new AssertionError("status " + status);
    }
  }
}
