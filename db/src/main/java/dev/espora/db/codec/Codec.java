package dev.espora.db.codec;

/**
 * Turns values of one type into bytes and back. Immutable and safe for use by any number of
 * threads.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {

  /**
   * The default codec, of a record without type parameters, an enum, a sealed interface of records,
   * a string, a primitive or its box, {@code byte[]}, {@code Instant}, {@code LocalDate}, {@code
   * Duration} or {@code UUID}. Components of records may also be lists, collections, sets, maps and
   * optionals of these. The package of a record in a named module has to be open to {@code
   * dev.espora.db}.
   *
   * <p>Components are never null unless annotated {@code @Nullable}. The bytes hold values alone;
   * names live in the {@link Schema}, classes in neither. Later versions of a record may add
   * components ({@link OrElse}), rename them ({@link Formerly}) and drop them ({@link Removed}).
   *
   * @throws IllegalArgumentException if the type, or one inside it, is none of these; the message
   *     names it
   */
  static <T> Codec<T> of(Class<T> type) {
    return new RecordCodec<>(type);
  }

  /** What this codec writes. */
  Schema schema();

  /** Writes a value. */
  void encode(T value, Output out);

  /**
   * How to read what a codec of another schema wrote, an older version of this type for instance.
   *
   * @throws IncompatibleException if such values cannot become values of this type; the message
   *     names the field
   */
  Decoder<T> decoder(Schema written);

  /** Reads values of one schema. */
  @FunctionalInterface
  interface Decoder<T> {

    /**
     * Reads one value.
     *
     * @throws MalformedException if the bytes are not a value of that schema
     */
    T decode(Input in);
  }
}
