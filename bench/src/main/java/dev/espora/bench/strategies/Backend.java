package dev.espora.bench.strategies;

import java.util.List;

/** One strategy at work. For use by one thread; what it opens is for several. */
public interface Backend extends AutoCloseable {

  /**
   * Opens what is stored under a name, or begins it.
   *
   * @param name of lower case letters and digits
   * @param people for whom there is to be room; most strategies have room for any number
   */
  Storage open(String name, int people);

  /** Deletes what is stored under a name, if there is any; it is not open. */
  void delete(String name);

  /** Syncs that all storages made so far; NaN where nobody counts them. */
  double syncs();

  /**
   * Begins a storage of its own that will crash.
   *
   * @throws UnsupportedOperationException if this strategy cannot be crashed here, with the reason
   */
  Outage outage();

  /** What readers must know, a sentence each. */
  default List<String> remarks() {
    return List.of();
  }

  @Override
  void close();
}
