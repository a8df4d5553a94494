package dev.espora.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results in columns, printed for people or as JSON. A cell is a text or a number. */
final class Table {

  /**
   * @param decimals of the numbers in this column, for people
   */
  private record Column(String name, int decimals) {}

  private final List<Column> columns = new ArrayList<>();
  private final List<List<Object>> rows = new ArrayList<>();

  Table column(String name, int decimals) {
    columns.add(new Column(name, decimals));
    return this;
  }

  /** Adds a row: a {@link String} or a {@link Number} for each column; NaN is left blank. */
  void row(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells, " + columns.size() + " columns");
    }
    rows.add(List.of(cells));
  }

  /** For people: the names of the columns, then the cells of each row. */
  List<List<String>> lines() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Column::name).toList());
    for (List<Object> row : rows) {
      List<String> line = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        line.add(text(row.get(i), columns.get(i).decimals()));
      }
      lines.add(line);
    }
    return lines;
  }

  void print(PrintStream out) {
    List<List<String>> lines = lines();
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        int width = width(lines, i);
        boolean left = !rows.isEmpty() && rows.getFirst().get(i) instanceof String;
        padded.append(String.format((left ? "%-" : "%") + width + "s  ", line.get(i)));
      }
      out.println(padded.toString().stripTrailing());
    }
  }

  /** An array of one object per row. Numbers keep all their digits; NaN becomes {@code null}. */
  String json() {
    StringBuilder json = new StringBuilder("[");
    for (List<Object> row : rows) {
      json.append(json.length() == 1 ? "" : ",").append("\n  {");
      for (int i = 0; i < row.size(); i++) {
        json.append(i == 0 ? "" : ", ").append(Json.quote(columns.get(i).name())).append(": ");
        json.append(Json.value(row.get(i)));
      }
      json.append("}");
    }
    return json.append("\n]").toString();
  }

  private static int width(List<List<String>> lines, int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(1);
  }

  private static String text(Object cell, int decimals) {
    return switch (cell) {
      case Double number when number.isNaN() -> "";
      case Number number ->
          String.format(Locale.ROOT, "%,." + decimals + "f", number.doubleValue());
      default -> cell.toString();
    };
  }
}
