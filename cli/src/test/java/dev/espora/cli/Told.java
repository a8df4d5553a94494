package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Database;
import dev.espora.db.Log;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@link Injected} was told, line by line, and what must be so if it is to be believed. */
final class Told {
  /** Numbers from here on are not those of {@link Injected}. */
  static final int OTHERS = 1000;

  private static final Pattern NUMBERED =
      Pattern.compile("^(\\w+) (?:reading )?(?:row|text) (\\d+)");

  private final Path data;
  private final List<String> lines;
  private final Set<Integer> acknowledged = new TreeSet<>();
  private final Set<Integer> unknown = new TreeSet<>();

  /** How the process ended, or was to end. */
  enum Ending {
    ORDERLY,
    KILLED
  }

  Told(Path data, List<String> lines, Ending ending) {
    this.data = data;
    this.lines = lines;
    int next = 0;
    for (String line : lines) {
      Matcher matcher = NUMBERED.matcher(line);
      if (matcher.find()) {
        int number = Integer.parseInt(matcher.group(2));
        next = number + 1;
        switch (matcher.group(1)) {
          case "told" -> acknowledged.add(number);
          case "unknown" -> unknown.add(number);
          default -> {}
        }
      }
    }
    if (ending == Ending.KILLED) {
      unknown.add(next);
    }
  }

  /** How many lines begin with a word. */
  long count(String word) {
    return lines.stream().filter(line -> line.startsWith(word)).count();
  }

  /** In one word, what the fault did. */
  String outcome() {
    if (count("ended") == 0) {
      return "killed";
    }
    if (count("unknown") > 0) {
      return "unknown";
    }
    return count("refused") > 0 ? "refused" : "unnoticed";
  }

  /** What can be told from the lines alone. */
  void check(Injection injection) {
    assertThat(count("missed")).as("entries that were acknowledged and not found").isZero();
    assertThat(count("ended")).as("ended").isEqualTo(injection.kills() ? 0 : 1);
    if (injection.isToBeRepeated()) {
      assertThat(outcome()).isEqualTo("unnoticed");
    }
    if (injection.isToBeRefused()) {
      assertThat(outcome()).isIn("unnoticed", "refused");
    }
    boolean poisoned = false;
    for (String line : lines) {
      if (line.equals("opening")) {
        poisoned = false;
      }
      poisoned |= line.startsWith("unknown");
      assertThat(poisoned && line.startsWith("told")).as("poisoned, yet %s", line).isFalse();
      if (line.startsWith("rows ")) {
        checkRows(Stream.of(line.substring(5).split(",")).map(Integer::valueOf).toList());
      }
      if (line.contains("StorageFailed") || line.contains("OutOfSpace")) {
        // or the directory around it, in which that of the data is made
        assertThat(line).as("names the file").contains(String.valueOf(data.getParent()));
      }
    }
  }

  private void checkRows(List<Integer> rows) {
    List<Integer> mine = rows.stream().filter(number -> number < OTHERS).toList();
    assertThat(mine).doesNotHaveDuplicates().isSorted();
  }

  /** What must be there is there, once; what must not be there is not. */
  void checkIn(Database db) {
    List<Integer> rows = new ArrayList<>();
    Log<Injected.Row> log = Injected.rows(db);
    try (Stream<Injected.Row> all = log.rows()) {
      all.filter(row -> row.number() < OTHERS)
          .forEach(row -> {
            assertThat(row.text()).isEqualTo(Injected.text(row.number()));
            rows.add(row.number());
          });
    }
    checkRows(rows);
    TreeMap<Integer, String> texts = new TreeMap<>();
    try (var entries = Injected.texts(db).entries()) {
      entries
          .filter(entry -> entry.getKey() < OTHERS)
          .forEach(entry -> texts.put(entry.getKey(), entry.getValue().value()));
    }
    texts.forEach((number, text) -> assertThat(text).isEqualTo(Injected.text(number)));
    Set<Integer> found = new TreeSet<>(rows);
    found.addAll(texts.keySet());
    assertThat(found).as("what was acknowledged").containsAll(acknowledged);
    found.removeAll(acknowledged);
    assertThat(unknown).as("what was not acknowledged, and is there").containsAll(found);
  }
}
