package dev.espora.fuzz;

import dev.espora.db.Database;
import dev.espora.db.Options;
import dev.espora.http.RequestCheck;
import dev.espora.http.Routes;
import dev.espora.people.PeopleRoutes;
import dev.espora.people.Registry;
import java.util.Set;

/** Bodies of people who register: 201, 400 or 422. */
public final class PeopleTarget {
  private static final Set<Integer> ALLOWED = Set.of(201, 400, 422);
  private static final Routes ROUTES =
      PeopleRoutes.of(Registry.open(Database.inMemory(Options.DEFAULTS)));

  private PeopleTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    int status = RequestCheck.answer(ROUTES, "/pessoas", input);
    if (!ALLOWED.contains(status)) {
      throw new AssertionError("status " + status);
    }
  }
}
