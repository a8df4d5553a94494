package dev.espora.bench.load;

import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What the contest asks of a bank before the load, on fresh data: the contract, and races. */
final class BankValidations {
  static final String NAME = "validations";

  /** Requests that come at once. */
  static final int RACERS = 25;

  private static final int RACED = 1;
  private static final int READERS = 4;
  private static final String ACCOUNT = "account";

  /** Bodies without a transaction that a bank may book. */
  private static final List<String> REFUSED =
      List.of(
          body("1.2", "\"d\"", "\"devolve\""),
          body("1", "\"x\"", "\"devolve\""),
          body("1", "\"c\"", "\"longer than ten characters\""),
          body("1", "\"c\"", "\"\""),
          body("1", "\"c\"", "null"));

  private final Requests requests;
  private final BankChecks checks;

  BankValidations(Requests requests, BankChecks checks) {
    this.requests = requests;
    this.checks = checks;
  }

  /** One of several users who book one cent on the first account at once. */
  ScenarioBuilder race(String kind) {
    Transaction cent = new Transaction(RACED, 1, kind, "validacao");
    return scenario("race " + kind).exec(book(_ -> cent));
  }

  /** What the first account must have after a race. */
  ScenarioBuilder balanceAfterRace(long expected) {
    return scenario("balance " + expected)
        .exec(
            requests.get(
                NAME,
                _ -> Accounts.statementPath(RACED),
                (_, answer) -> checks.balance(RACED, answer, expected)));
  }

  ScenarioBuilder unknownAccount() {
    return scenario("unknown account")
        .exec(
            requests.get(
                NAME,
                _ -> Accounts.statementPath(Accounts.UNKNOWN),
                (_, answer) -> checks.unknown(answer)));
  }

  /** For as many users as there are accounts, one each. */
  ScenarioBuilder contract() {
    AtomicInteger next = new AtomicInteger();
    return scenario("contract")
        .exec(session -> session.set(ACCOUNT, next.incrementAndGet()))
        .exec(statement((session, answer) -> checks.balance(account(session), answer, 0)))
        .exec(book(session -> cent(session, Transaction.CREDIT, "toma")))
        .exec(book(session -> cent(session, Transaction.DEBIT, "devolve")))
        .exec(
            statement((session, answer) ->
                checks.newest(
                    account(session),
                    answer,
                    cent(session, Transaction.DEBIT, "devolve"),
                    cent(session, Transaction.CREDIT, "toma"))))
        .exec(bookThenRead())
        .exec(REFUSED.stream().map(this::refused).toList());
  }

  /** Several statements at once show what was acknowledged before. */
  private HttpRequestActionBuilder bookThenRead() {
    List<HttpRequestActionBuilder> readers =
        IntStream.range(0, READERS)
            .mapToObj(_ ->
                statement((session, answer) -> {
                  Transaction booked = cent(session, Transaction.CREDIT, "danada");
                  checks.newest(account(session), answer, booked);
                  checks.balance(account(session), answer, booked.signed());
                }))
            .toList();
    return book(session -> cent(session, Transaction.CREDIT, "danada")).resources(readers);
  }

  private ChainBuilder refused(String json) {
    return exec(
        requests.post(
            NAME,
            session -> cent(session, Transaction.CREDIT, "").path(),
            _ -> json,
            (_, answer) -> checks.refused(answer)));
  }

  private HttpRequestActionBuilder statement(Requests.Judge judge) {
    return requests.get(NAME, session -> Accounts.statementPath(account(session)), judge);
  }

  private HttpRequestActionBuilder book(Function<Session, Transaction> transaction) {
    return requests.post(
        NAME,
        session -> transaction.apply(session).path(),
        session -> transaction.apply(session).json(),
        (session, answer) -> checks.booked(transaction.apply(session), answer));
  }

  private static Transaction cent(Session session, String kind, String description) {
    return new Transaction(account(session), 1, kind, description);
  }

  private static int account(Session session) {
    return session.getInt(ACCOUNT);
  }

  private static String body(String cents, String kind, String description) {
    return "{\"valor\": %s, \"tipo\": %s, \"descricao\": %s}".formatted(cents, kind, description);
  }
}
