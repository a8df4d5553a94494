package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.testkit.history.History;
import dev.espora.testkit.history.KeyValue.Ask;
import dev.espora.testkit.history.KeyValue.Told;
import dev.espora.testkit.history.Operation;
import dev.espora.testkit.history.Outcome;
import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How many people there were said to be, beside what was asked about each of them. Nobody ever goes
 * away. A count is at least that of the people who were known to be there before it was asked, at
 * most that of those somebody had asked to be there when it was answered, and no less than any
 * count before.
 */
final class Counts {
  private final History<String, Long> counts = new History<>();

  void ask(Client client, String caller) throws IOException {
    var call = counts.begin(caller, "count");
    Answer answer = client.get("/contagem-pessoas");
    if (answer.status() == 200) {
      call.returned(Long.parseLong(answer.body()));
    }
  }

  void check(List<Operation<Ask, Told>> operations) {
    Map<String, Long> known = new HashMap<>();
    Map<String, Long> begun = new HashMap<>();
    for (Operation<Ask, Told> each : operations) {
      String nickname = each.input().key();
      if (showsSomebody(each)) {
        known.merge(nickname, each.returnedNanos(), Math::min);
      }
      if (each.input() instanceof Ask.Create && !(each.outcome() instanceof Outcome.Failed)) {
        begun.merge(nickname, each.invokedNanos(), Math::min);
      }
    }
    long[] knownAt = sorted(known.values());
    long[] begunAt = sorted(begun.values());
    TreeMap<Long, Long> before = new TreeMap<>(Map.of(Long.MIN_VALUE, 0L));
    List<Operation<String, Long>> answered =
        counts.operations().stream()
            .filter(each -> each.outcome() instanceof Outcome.Returned)
            .sorted(Comparator.comparingLong(Operation::returnedNanos))
            .toList();
    assertThat(answered).isNotEmpty();
    for (Operation<String, Long> each : answered) {
      long count = count(each);
      long earlier = Objects.requireNonNull(before.lowerEntry(each.invokedNanos())).getValue();
      long least = Math.max(earlier, below(knownAt, each.invokedNanos()));
      assertThat(count)
          .as("%s; %s were counted before", each, earlier)
          .isBetween(least, below(begunAt, each.returnedNanos() + 1));
      before.put(
          each.returnedNanos(),
          Math.max(count, Objects.requireNonNull(before.lastEntry()).getValue()));
    }
  }

  private static boolean showsSomebody(Operation<Ask, Told> operation) {
    if (!(operation.outcome() instanceof Outcome.Returned<Told> told)) {
      return false;
    }
    // Who is refused was told that somebody has the nickname.
    return operation.input() instanceof Ask.Create || told.value().value().isPresent();
  }

  private static long count(Operation<String, Long> operation) {
    return operation.outcome() instanceof Outcome.Returned<Long> told ? told.value() : 0;
  }

  private static long[] sorted(Collection<Long> times) {
    return times.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /** How many times are before one. */
  private static long below(long[] times, long limit) {
    int low = 0;
    int high = times.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
