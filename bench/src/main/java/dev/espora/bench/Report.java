package dev.espora.bench;

import java.io.PrintStream;
import java.util.List;

/**
 * What a benchmark found.
 *
 * @param benchmark its name
 * @param notes what a reader must know beside the table, one sentence each
 */
record Report(String benchmark, Table table, List<String> notes) {

  Report {
    notes = List.copyOf(notes);
  }

  void print(PrintStream out, Settings settings) {
    if (settings.output() == Settings.Output.JSON) {
      out.println(json(settings));
      return;
    }
    table.print(out);
    for (String note : notes) {
      out.println("- " + note);
    }
    out.println("- " + Machine.summary());
  }

  private String json(Settings settings) {
    return "{\"benchmark\": %s, \"rounds\": %d, \"seconds\": %s, \"machine\": %s,\n\"notes\": %s,\n\"rows\": %s}"
        .formatted(
            Json.quote(benchmark),
            settings.rounds(),
            settings.measured().toMillis() / 1e3,
            Json.quote(Machine.summary()),
            notes.stream().map(Json::quote).toList(),
            table.json());
  }
}
