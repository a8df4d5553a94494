package dev.espora.bench.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.OpenInjectionStep;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * The bank contest's load: its validations one after another, then debits, credits and statements
 * whose rates rise for half of the time and stay for the other. In the end each balance must be the
 * sum of what was acknowledged.
 */
public final class BankSimulation extends Simulation {
  private static final double HALF = 0.5;
  private static final String TRANSACTION = "transaction";
  private static final String ACCOUNT = "account";

  private final LoadRun run = LoadRun.current();
  private final Requests requests = new Requests(run.findings());
  private final BankChecks checks = new BankChecks(run.findings());

  public BankSimulation() {
    BankValidations validations = new BankValidations(requests, checks);
    PopulationBuilder debits = debits().injectOpen(rates(220));
    PopulationBuilder credits = credits().injectOpen(rates(110));
    PopulationBuilder statements = statements().injectOpen(rates(10));
    setUp(
            users(validations.race(Transaction.DEBIT), BankValidations.RACERS)
                .andThen(users(validations.balanceAfterRace(-BankValidations.RACERS), 1))
                .andThen(users(validations.race(Transaction.CREDIT), BankValidations.RACERS))
                .andThen(users(validations.balanceAfterRace(0), 1))
                .andThen(
                    users(validations.contract(), Accounts.count()),
                    users(validations.unknownAccount(), 1))
                .andThen(debits, credits, statements)
                .andThen(users(totals(), 1)))
        .protocols(Requests.protocol(run.plan()));
  }

  private static PopulationBuilder users(ScenarioBuilder scenario, int users) {
    return scenario.injectOpen(atOnceUsers(users));
  }

  private OpenInjectionStep[] rates(double most) {
    return new OpenInjectionStep[] {
      run.plan().ramp(1, most, HALF), run.plan().constant(most, HALF)
    };
  }

  private ScenarioBuilder debits() {
    return scenario("debits")
        .exec(
            transact(
                "debits",
                Transaction.DEBIT,
                (session, answer) -> checks.bookedOrBeyondTheLimit(transaction(session), answer)));
  }

  private ScenarioBuilder credits() {
    return scenario("credits")
        .exec(
            transact(
                "credits",
                Transaction.CREDIT,
                (session, answer) -> checks.booked(transaction(session), answer)));
  }

  private ChainBuilder transact(String name, String kind, Requests.Judge judge) {
    return exec(session ->
            session.set(TRANSACTION, Transaction.random(kind, ThreadLocalRandom.current())))
        .exec(
            requests.post(
                name,
                session -> transaction(session).path(),
                session -> transaction(session).json(),
                judge));
  }

  private ScenarioBuilder statements() {
    return scenario("statements")
        .exec(session -> session.set(ACCOUNT, Accounts.any(ThreadLocalRandom.current())))
        .exec(
            requests.get(
                "statements",
                session -> Accounts.statementPath(session.getInt(ACCOUNT)),
                (session, answer) -> {
                  Statement _ = checks.statement(session.getInt(ACCOUNT), answer);
                }));
  }

  /** One after another, so that nothing else is under way. */
  private ScenarioBuilder totals() {
    return scenario("totals")
        .exec(IntStream.rangeClosed(1, Accounts.count()).mapToObj(this::total).toList());
  }

  private ChainBuilder total(int account) {
    return exec(
        requests.get(
            BankValidations.NAME,
            _ -> Accounts.statementPath(account),
            (_, answer) -> checks.total(account, answer)));
  }

  private static Transaction transaction(Session session) {
    return session.get(TRANSACTION);
  }
}
