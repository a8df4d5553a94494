package dev.espora.people;

import java.util.function.LongConsumer;

/**
 * What is searched for, and how text is cut into the trigrams that are looked up: three UTF-16
 * units of one field, in 48 bits. Behind its end a field is filled up with zeros, so that each of
 * its units begins a trigram and the terms of one or two units are found as the first ones of
 * trigrams.
 *
 * <p>Letters are compared by their simple case folding, one code point for one: {@code É} is {@code
 * é}, but neither {@code e} nor {@code E}, and {@code ß} is not {@code ss}.
 *
 * @param folded not empty
 */
record Term(String folded) {
  private static final int UNIT_BITS = 16;

  /** Changes whenever another set of trigrams would be made of a text: by us, or by the JDK. */
  static final String FOLDING = "1/" + Runtime.version().feature();

  static Term of(String text) {
    return new Term(fold(text));
  }

  /** Whether a field of a person contains the term. */
  boolean isIn(Person person) {
    return fold(person.nickname()).contains(folded)
        || fold(person.name()).contains(folded)
        || person.stack().names().stream().anyMatch(name -> fold(name).contains(folded));
  }

  /** Whether the term is too short for trigrams of its own. */
  boolean isShort() {
    return folded.length() < 3;
  }

  /** The trigrams that every text has which contains the term, where it is not short. */
  long[] trigrams() {
    long[] trigrams = new long[folded.length() - 2];
    for (int i = 0; i < trigrams.length; i++) {
      trigrams[i] = trigram(folded, i);
    }
    return trigrams;
  }

  /** The first of the trigrams that begin with a short term. */
  long lowest() {
    return trigram(folded, 0);
  }

  /** Beyond the last of the trigrams that begin with a short term. */
  long beyond() {
    return lowest() + (1L << (UNIT_BITS * (3 - folded.length())));
  }

  /** Hands over all trigrams of a person's fields, some perhaps more than once. */
  static void eachTrigram(Person person, LongConsumer trigrams) {
    eachTrigram(person.nickname(), trigrams);
    eachTrigram(person.name(), trigrams);
    for (String name : person.stack().names()) {
      eachTrigram(name, trigrams);
    }
  }

  private static void eachTrigram(String field, LongConsumer trigrams) {
    String text = fold(field);
    for (int i = 0; i < text.length(); i++) {
      trigrams.accept(trigram(text, i));
    }
  }

  private static long trigram(String text, int at) {
    long first = unit(text, at);
    return (((first << UNIT_BITS) | unit(text, at + 1)) << UNIT_BITS) | unit(text, at + 2);
  }

  private static long unit(String text, int at) {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private static String fold(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= 0x80 || (unit >= 'A' && unit <= 'Z')) {
        return folded(text);
      }
    }
    return text;
  }

  private static String folded(String text) {
    StringBuilder folded = new StringBuilder(text.length());
    text.codePoints()
        .map(Character::toUpperCase)
        .map(Character::toLowerCase)
        .forEach(folded::appendCodePoint);
    return folded.toString();
  }
}
