package dev.espora.people;

import java.util.List;

/** The technologies that a person names, as they were sent. */
public sealed interface Stack {

  /** Unicode code points of an element. */
  int MAX_ELEMENT = 32;

  /** There was no such member. */
  record Absent() implements Stack {}

  /** The member was null. */
  record Null() implements Stack {}

  /**
   * A list, which may be empty.
   *
   * @param elements of 1 to {@link #MAX_ELEMENT} Unicode code points
   */
  record Items(List<String> elements) implements Stack {
    public Items {
      elements = List.copyOf(elements);
      elements.forEach(each -> Person.checkLength("an element of the stack", each, MAX_ELEMENT));
    }
  }

  /** The elements; none where there is no list. */
  default List<String> names() {
    return this instanceof Items(List<String> elements) ? elements : List.of();
  }
}
