package dev.espora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.espora.bench.load.PeopleChecks.Search;
import dev.espora.bench.load.PeoplePayloads.Payload;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeopleChecksTest extends Judging {
  private static final Person ANA =
      new Person("ana", "Ana Barbosa", "1985-09-23", Optional.of(List.of("C#")));
  private static final Known KNOWN = new Known("/pessoas/7", ANA);
  private static final String ANSWERED = ANA.json().replace("{", "{\"id\":\"7\",");
  private static final Payload GOOD = new Payload(ANA.json(), 201, Optional.of(ANA));
  private static final Payload BAD = new Payload("{}", 422, Optional.empty());

  private final PeopleChecks checks = new PeopleChecks(findings);

  @Test
  void whoWasCreatedIsKnown() {
    assertThat(checks.anybody(new Random())).isEmpty();
    assertThat(checks.created(GOOD, new Answer(201, "/pessoas/7", ""))).contains(KNOWN);
    assertThat(checks.anybody(new Random())).contains(KNOWN);
  }

  @Test
  void goodOnesAreCreatedAndOthersAreNot() {
    assertThat(checks.created(BAD, new Answer(422, "", ""))).isEmpty();
    assertThat(checks.created(BAD, new Answer(400, "", ""))).isEmpty();
    assertFailed(() -> checks.created(BAD, new Answer(201, "/pessoas/7", "")));
    assertFailed(() -> checks.created(GOOD, new Answer(422, "", "")));
    assertFailed(() -> checks.created(GOOD, new Answer(201, "", "")));
  }

  @Test
  void aLocationLeadsToTheSamePerson() {
    assertThatCode(() -> checks.same(KNOWN, ok(ANSWERED))).doesNotThrowAnyException();
    assertInconsistent(() -> checks.same(KNOWN, ok(ANSWERED.replace("Barbosa", "Barros"))));
    assertInconsistent(() -> checks.same(KNOWN, new Answer(404, "", "")));
    assertFailed(() -> checks.same(KNOWN, new Answer(503, "", "")));
  }

  @Test
  void aSearchFindsPeopleWithTheTermAndWhomItWasTakenFrom() {
    Search search = new Search("BARB", Optional.of(KNOWN));
    assertThatCode(() -> checks.found(search, ok("[" + ANSWERED + "]"))).doesNotThrowAnyException();
    assertInconsistent(() -> checks.found(search, ok("[]")));
    assertInconsistent(() -> checks.found(search, ok("[" + ANSWERED + "," + ANSWERED + "]")));
    assertInconsistent(
        () -> checks.found(new Search("x", Optional.empty()), ok("[" + ANSWERED + "]")));
    assertFailed(() -> checks.found(search, new Answer(500, "", "[]")));
  }

  @Test
  void aFullListMayLeaveSomebodyOut() {
    String fifty =
        String.join(
            ",", Collections.nCopies(50, ANSWERED).stream().map(new Numbering()::next).toList());

    assertThatCode(() -> checks.found(new Search("ana", Optional.of(KNOWN)), ok("[" + fifty + "]")))
        .doesNotThrowAnyException();
  }

  @Test
  void theCountGrowsByThoseWhoWereAcknowledged() {
    checks.countBefore(ok("3\n"));
    Optional<Known> _ = checks.created(GOOD, new Answer(201, "/pessoas/7", ""));

    assertThatCode(() -> checks.countAfter(ok("4"))).doesNotThrowAnyException();
    assertInconsistent(() -> checks.countAfter(ok("3")));
    assertInconsistent(() -> checks.countAfter(ok("5")));
    assertFailed(() -> checks.countAfter(ok("many")));
  }

  @Test
  void whoseCreationHasNoAnswerMayBeCountedOrNot() {
    checks.countBefore(ok("0"));
    findings.kind("creations").sending();

    assertThatCode(() -> checks.countAfter(ok("0"))).doesNotThrowAnyException();
    assertThatCode(() -> checks.countAfter(ok("1"))).doesNotThrowAnyException();
    assertInconsistent(() -> checks.countAfter(ok("2")));
  }

  /** Gives each person an id of its own, other than that of the known one. */
  private static final class Numbering {
    private int last = 100;

    String next(String person) {
      last++;
      return person.replace("\"7\"", "\"" + last + "\"");
    }
  }
}
