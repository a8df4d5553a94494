package dev.espora.people;

import java.time.LocalDate;

/**
 * Somebody who registers.
 *
 * @param nickname 1 to {@link #MAX_NICKNAME} Unicode code points; nobody else has it
 * @param name 1 to {@link #MAX_NAME} Unicode code points
 * @param birth a day of the years 1 to 9999
 */
public record Person(String nickname, String name, LocalDate birth, Stack stack) {

  /** Unicode code points. */
  public static final int MAX_NICKNAME = 32;

  /** Unicode code points. */
  public static final int MAX_NAME = 100;

  public Person {
    checkLength("the nickname", nickname, MAX_NICKNAME);
    checkLength("the name", name, MAX_NAME);
    if (birth.getYear() < 1 || birth.getYear() > 9999) {
      throw new IllegalArgumentException("the year " + birth.getYear() + " is not 1 to 9999");
    }
  }

  static void checkLength(String what, String text, int most) {
    int length = text.codePointCount(0, text.length());
    if (length < 1 || length > most) {
      throw new IllegalArgumentException(
          what + " has " + length + " code points, not 1 to " + most);
    }
  }
}
