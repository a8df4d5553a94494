package dev.espora.db;

import org.jspecify.annotations.Nullable;

/**
 * What memory keeps of a log: how many rows there are, and the newest few of them.
 *
 * @param newest the newest row and, linked behind it, those before it
 * @param linked how many rows are linked
 */
record LogState<T>(long size, @Nullable Row<T> newest, int linked) {

  /** A row and the one before it. */
  record Row<T>(T value, @Nullable Row<T> before) {}

  LogState<T> with(T row) {
    return new LogState<>(size + 1, new Row<>(row, newest), linked + 1);
  }

  /** This state with only so many rows linked. */
  LogState<T> keeping(int count) {
    Row<T>[] kept = newest(count);
    Row<T> chain = null;
    for (int i = kept.length - 1; i >= 0; i--) {
      chain = new Row<>(kept[i].value(), chain);
    }
    return new LogState<>(size, chain, kept.length);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private Row<T>[] newest(int count) {
    Row<T>[] rows = new Row[Math.min(count, linked)];
    Row<T> row = newest;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = java.util.Objects.requireNonNull(row);
      row = rows[i].before();
    }
    return rows;
  }
}
