package dev.espora.cli;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Log;
import dev.espora.db.Store;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A process that works on a database while its system calls fail, and says what it was told: one
 * line for each thing it asked, before the next one begins. What it does is the same each time.
 *
 * <p>A failure that is not of the family of {@link DatabaseException} ends it with exit code 1.
 */
final class Injected {
  /** So long that the segment it is written to is full. */
  private static final int LONG = 60_000;

  private static final int SHORT = 3_000;

  /** Of what is written between two openings, each once to the log and once to the store. */
  private static final int[] LENGTHS = {SHORT, SHORT, LONG, SHORT, SHORT};

  private static final int OPENINGS = 2;

  private final Path data;
  private int next;

  private Injected(Path data) {
    this.data = data;
  }

  /** A row of the log. */
  record Row(int number, String text) {}

  static Log<Row> rows(Database db) {
    return db.log("rows", Row.class);
  }

  static Store<Integer, String> texts(Database db) {
    return db.store("texts", Integer.class, String.class);
  }

  /** What is stored for a number. */
  static String text(int number) {
    return number + "x".repeat(LENGTHS[number / 2 % LENGTHS.length]);
  }

  public static void main(String[] args) {
    Injected injected = new Injected(Path.of(args[0]));
    for (int opening = 0; opening < OPENINGS; opening++) {
      injected.open();
    }
    say("ended");
  }

  private void open() {
    say("opening");
    try (Database db = Database.open(data)) {
      Log<Row> rows = rows(db);
      Store<Integer, String> texts = texts(db);
      for (int i = 1; i <= LENGTHS.length; i++) {
        if (i == LENGTHS.length) {
          ask("compact", texts::compact);
        }
        append(rows);
        create(texts);
      }
      ask("rows", () -> say("rows " + numbers(rows)));
    } catch (DatabaseException e) {
      say("refused opening " + e);
    }
  }

  static String numbers(Log<Row> log) {
    try (Stream<Row> rows = log.rows()) {
      return rows.map(row -> String.valueOf(row.number())).collect(Collectors.joining(","));
    }
  }

  private void append(Log<Row> rows) {
    int number = next++;
    ask(
        "row " + number,
        () -> {
          rows.append(new Row(number, text(number)));
          say("told row " + number);
        });
  }

  private void create(Store<Integer, String> texts) {
    int number = next++;
    ask(
        "text " + number,
        () -> {
          texts.create(number, text(number));
          say("told text " + number);
          ask(
              "reading text " + number,
              () -> {
                String found = texts.read(number).map(entry -> entry.value()).orElse("nothing");
                say((found.equals(text(number)) ? "found text " : "missed text ") + number);
              });
        });
  }

  private static void ask(String what, Runnable question) {
    try {
      question.run();
    } catch (DatabaseException.OutcomeUnknown e) {
      say("unknown " + what + " " + e);
    } catch (DatabaseException e) {
      say("refused " + what + " " + e);
    }
  }

  private static void say(String line) {
    System.out.println(line.replace('\n', ' '));
  }
}
