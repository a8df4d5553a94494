package dev.espora.bench.strategies;

import dev.espora.people.Person;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * People with nicknames that nobody else has, whichever way they are stored. Safe for use by
 * several threads.
 */
public interface Registry {

  /**
   * Stores somebody and returns when the strategy says so.
   *
   * @return whether the nickname was free
   */
  boolean register(Person person);

  /** Stores many, in whatever way is fastest; durable when it returns. */
  void load(Stream<Person> people);

  /** Hands over the nicknames of all who are stored. */
  void nicknames(Consumer<String> each);
}
