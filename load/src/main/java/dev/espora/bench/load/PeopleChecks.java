package dev.espora.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.espora.bench.load.PeoplePayloads.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * What must hold of the registry's answers. Keeps everybody who was acknowledged. Safe for use by
 * many threads.
 */
final class PeopleChecks {
  private static final int FOUND_MAX = 50;

  /**
   * A search.
   *
   * @param somebody from whom the term was taken
   */
  record Search(String term, Optional<Known> somebody) {}

  private final Findings findings;
  private final AtomicLong before = new AtomicLong();

  /** Guarded by itself. */
  private final List<Known> known = new ArrayList<>();

  PeopleChecks(Findings findings) {
    this.findings = findings;
  }

  /** Somebody who was acknowledged. */
  Optional<Known> anybody(RandomGenerator random) {
    synchronized (known) {
      return known.isEmpty()
          ? Optional.empty()
          : Optional.of(known.get(random.nextInt(known.size())));
    }
  }

  /** Returns who was created; nobody for a payload that had to be refused, and was. */
  Optional<Known> created(Payload payload, Answer answer) {
    if (payload.person().isEmpty()) {
      if (!answer.refused()) {
        throw findings.failed(answer + " for " + payload.json());
      }
      return Optional.empty();
    }
    if (answer.status() != 201 || !answer.location().startsWith("/pessoas/")) {
      throw findings.failed(
          "%s, location '%s', for %s".formatted(answer, answer.location(), payload.json()));
    }
    Known created = new Known(answer.location(), payload.person().get());
    synchronized (known) {
      known.add(created);
    }
    return Optional.of(created);
  }

  /** The answer is this person. */
  void same(Known expected, Answer answer) {
    if (!answer.ok() && answer.status() != 404) {
      throw findings.failed(answer + " for " + expected.location());
    }
    if (!answer.ok() || !Known.of(Json.parse(answer.body())).equals(expected)) {
      throw findings.inconsistent("%s instead of %s".formatted(answer, expected));
    }
  }

  /** The answer is people with the term; whom it was taken from is left out only for others. */
  void found(Search search, Answer answer) {
    JsonNode people = Json.parse(answer.body());
    if (!answer.ok() || !people.isArray()) {
      throw findings.failed("%s for '%s'".formatted(answer, search.term()));
    }
    List<Known> found = people.valueStream().map(Known::of).toList();
    String what = "'%s' found %d".formatted(search.term(), found.size());
    if (found.size() > FOUND_MAX || found.stream().distinct().count() < found.size()) {
      throw findings.inconsistent(what + ", or somebody twice");
    }
    found.stream()
        .filter(each -> !each.person().contains(search.term()))
        .findFirst()
        .ifPresent(each -> {
          throw findings.inconsistent(what + " with " + each);
        });
    if (found.size() < FOUND_MAX && !search.somebody().map(found::contains).orElse(true)) {
      throw findings.inconsistent(what + ", not " + search.somebody().get());
    }
  }

  void withoutTerm(Answer answer) {
    if (answer.status() != 400) {
      throw findings.failed(answer + " instead of 400 for a search without a term");
    }
  }

  void countBefore(Answer answer) {
    before.set(count(answer));
  }

  /**
   * When nothing is under way: there are as many more as were acknowledged, and at most those
   * beside whose requests have no answer.
   */
  void countAfter(Answer answer) {
    long added = count(answer) - before.get();
    long acknowledged;
    synchronized (known) {
      acknowledged = known.size();
    }
    if (added < acknowledged || added > acknowledged + findings.unanswered()) {
      throw findings.inconsistent(
          "the count grew by %d, but %d were created".formatted(added, acknowledged));
    }
  }

  private long count(Answer answer) {
    if (!answer.ok() || !answer.body().strip().matches("[0-9]{1,18}")) {
      throw findings.failed(answer + " instead of a count");
    }
    return Long.parseLong(answer.body().strip());
  }
}
