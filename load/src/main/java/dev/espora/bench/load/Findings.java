package dev.espora.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What came back so far, and what was wrong with it. Safe for use by many threads. */
final class Findings {
  private static final int EXAMPLES_MAX = 5;

  private final Map<String, Tally> kinds = new ConcurrentSkipListMap<>();
  private final LongAdder violations = new LongAdder();

  /** Guarded by itself. */
  private final List<String> examples = new ArrayList<>();

  /** What fails the request in whose check it is thrown. */
  static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    Wrong(String reason) {
      super(reason, null, false, false);
    }
  }

  Tally kind(String name) {
    return kinds.computeIfAbsent(name, _ -> new Tally());
  }

  long answers() {
    return kinds.values().stream().mapToLong(Tally::answers).sum();
  }

  /** Requests without an answer: their effect is unknown. Right while none is under way. */
  long unanswered() {
    return kinds.values().stream().mapToLong(Tally::unanswered).sum();
  }

  long violations() {
    return violations.sum();
  }

  /** An answer that the contract does not allow, a wrong status say. */
  Wrong failed(String reason) {
    keep("failed: " + reason);
    return new Wrong(reason);
  }

  /** An answer that contradicts others, or a limit. */
  Wrong inconsistent(String reason) {
    violations.increment();
    keep("inconsistent: " + reason);
    return new Wrong(reason);
  }

  private void keep(String example) {
    synchronized (examples) {
      if (examples.size() < EXAMPLES_MAX) {
        examples.add(example.replaceAll("\\s+", " "));
      }
    }
  }

  /** For the process that asked: a word and what belongs to it in each line. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    kinds.forEach((name, tally) -> lines.add("kind " + name + "\t" + tally.line()));
    synchronized (examples) {
      examples.forEach(example -> lines.add("example " + example));
    }
    lines.add("unanswered " + unanswered());
    lines.add("violations " + violations());
    return lines;
  }
}
