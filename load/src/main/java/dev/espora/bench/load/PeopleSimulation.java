package dev.espora.bench.load;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import dev.espora.bench.load.PeopleChecks.Search;
import dev.espora.bench.load.PeoplePayloads.Payload;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The people contest's load: creations, each followed by a request for who was created, searches,
 * and searches without a term. In the end the count must have grown by the number of people who
 * were acknowledged.
 */
public final class PeopleSimulation extends Simulation {
  /** In all of it: a start of 10 and 15 seconds, then a rise of three minutes. */
  private static final double SECONDS = 205;

  private static final Duration PAUSE_MIN = Duration.ofMillis(1);
  private static final Duration PAUSE_MAX = Duration.ofMillis(30);

  private static final String PAYLOAD = "payload";
  private static final String CREATED = "created";
  private static final String SEARCH = "search";

  private final Plan plan = LoadRun.current().plan();
  private final Requests requests = new Requests(LoadRun.current().findings());
  private final PeopleChecks checks = new PeopleChecks(LoadRun.current().findings());

  public PeopleSimulation() {
    setUp(
            count("count before", checks::countBefore)
                .injectOpen(atOnceUsers(1))
                .andThen(
                    creations()
                        .injectOpen(
                            plan.constant(2, 10 / SECONDS),
                            plan.randomized(5, 15 / SECONDS),
                            plan.ramp(6, 600, 180 / SECONDS)),
                    searches()
                        .injectOpen(
                            plan.constant(2, 25 / SECONDS), plan.ramp(6, 100, 180 / SECONDS)),
                    searchesWithoutTerm()
                        .injectOpen(
                            plan.constant(2, 25 / SECONDS), plan.ramp(6, 40, 180 / SECONDS)))
                .andThen(count("count after", checks::countAfter).injectOpen(atOnceUsers(1))))
        .protocols(Requests.protocol(plan));
  }

  private ScenarioBuilder creations() {
    return scenario("creations")
        .exec(session -> session.set(PAYLOAD, payload(ThreadLocalRandom.current())))
        .exec(
            requests.post(
                "creations",
                _ -> "/pessoas",
                session -> payload(session).json(),
                (session, answer) -> {
                  Optional<Known> _ = checks.created(payload(session), answer);
                }))
        .pause(PAUSE_MIN, PAUSE_MAX)
        .exec(
            doIf(session -> !session.isFailed() && payload(session).person().isPresent())
                .then(
                    exec(session -> session.set(CREATED, created(session)))
                        .exec(
                            requests.get(
                                "fetches",
                                session -> session.<Known>get(CREATED).location(),
                                (session, answer) -> checks.same(session.get(CREATED), answer)))));
  }

  private ScenarioBuilder searches() {
    return scenario("searches")
        .exec(session -> session.set(SEARCH, search(ThreadLocalRandom.current())))
        .exec(
            requests.get(
                "searches",
                session -> "/pessoas?t=" + encoded(search(session).term()),
                (session, answer) -> checks.found(search(session), answer)));
  }

  private ScenarioBuilder searchesWithoutTerm() {
    return scenario("invalid searches")
        .exec(
            requests.get(
                "invalid searches", _ -> "/pessoas", (_, answer) -> checks.withoutTerm(answer)));
  }

  private ScenarioBuilder count(String name, Consumer<Answer> check) {
    return scenario(name)
        .exec(
            requests.get("counts", _ -> "/contagem-pessoas", (_, answer) -> check.accept(answer)));
  }

  private Payload payload(RandomGenerator random) {
    return new PeoplePayloads(random).next(checks.anybody(random).map(Known::person));
  }

  /** For a whole nickname, for a piece of somebody, or for anything: a third each. */
  private Search search(RandomGenerator random) {
    PeoplePayloads payloads = new PeoplePayloads(random);
    Optional<Known> somebody = random.nextInt(3) == 0 ? Optional.empty() : checks.anybody(random);
    boolean whole = random.nextBoolean();
    String term =
        somebody
            .map(Known::person)
            .map(person -> whole ? payloads.randomCase(person.nickname()) : payloads.piece(person))
            .orElseGet(payloads::anyTerm);
    return new Search(term, somebody);
  }

  private static String encoded(String term) {
    return URLEncoder.encode(term, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Payload payload(Session session) {
    return session.get(PAYLOAD);
  }

  private static Known created(Session session) {
    return new Known(session.getString(Requests.LOCATION), payload(session).person().orElseThrow());
  }

  private static Search search(Session session) {
    return session.get(SEARCH);
  }
}
