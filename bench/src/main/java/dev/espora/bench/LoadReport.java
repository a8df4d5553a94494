package dev.espora.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * What the process that made load found.
 *
 * @param unanswered requests without an answer, which count as failed, too
 * @param violations answers that contradict others, or a limit
 * @param examples of what was wrong, a sentence each
 */
record LoadReport(List<Kind> kinds, long unanswered, long violations, List<String> examples) {

  /**
   * Requests of one kind.
   *
   * @param failed those whose answer was not right, or did not come
   * @param p50 percentiles and maximum of those answered, in milliseconds
   */
  record Kind(String name, long requests, long failed, long p50, long p75, long p99, long max) {

    private static Kind parse(String line) {
      String[] cells = line.split("\t", -1);
      long[] numbers = new long[cells.length];
      for (int i = 1; i < cells.length; i++) {
        numbers[i] = Long.parseLong(cells[i]);
      }
      return new Kind(
          cells[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }
  }

  LoadReport {
    kinds = List.copyOf(kinds);
    examples = List.copyOf(examples);
  }

  /**
   * Reads the lines of that process up to the last.
   *
   * @param answers told each second how many there were so far
   */
  static LoadReport read(Supplier<String> lines, LongConsumer answers) {
    List<Kind> kinds = new ArrayList<>();
    List<String> examples = new ArrayList<>();
    long unanswered = 0;
    while (true) {
      String line = lines.get();
      String rest = line.substring(line.indexOf(' ') + 1);
      switch (line.substring(0, line.length() - rest.length()).strip()) {
        case "answers" -> answers.accept(Long.parseLong(rest));
        case "kind" -> kinds.add(Kind.parse(rest));
        case "example" -> examples.add(rest);
        case "unanswered" -> unanswered = Long.parseLong(rest);
        case "violations" -> {
          return new LoadReport(kinds, unanswered, Long.parseLong(rest), examples);
        }
        default -> throw new IllegalStateException("the process that makes load said: " + line);
      }
    }
  }

  long requests() {
    return kinds.stream().mapToLong(Kind::requests).sum();
  }

  long failed() {
    return kinds.stream().mapToLong(Kind::failed).sum();
  }

  boolean right() {
    return requests() > 0 && failed() == 0 && violations == 0;
  }

  Table table() {
    Table table = new Table().column("requests", 0).column("count", 0).column("failed", 0);
    List.of("p50 ms", "p75 ms", "p99 ms", "max ms").forEach(name -> table.column(name, 0));
    for (Kind kind : kinds) {
      table.row(
          kind.name(),
          kind.requests(),
          kind.failed(),
          kind.p50(),
          kind.p75(),
          kind.p99(),
          kind.max());
    }
    return table;
  }
}
