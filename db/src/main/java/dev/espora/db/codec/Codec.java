package dev.espora.db.codec;

/**
 * Turns values of one type into bytes and back.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {

  /**
   * The default codec of a record, enum, sealed interface or simple type: nested records, strings,
   * numbers, lists, maps, optionals, instants, UUIDs and byte arrays.
   */
  @SuppressWarnings("DoNotCallSuggester")
  static <T> Codec<T> of(Class<T> type) {
    throw new UnsupportedOperationException();
  }
}
