package dev.espora.testkit.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ways to explain a history, without those that another one makes superfluous: it leads to the same
 * state with the same operations and needs fewer effects of unknown ones, which it can do without,
 * or use later.
 */
final class Frontier<S> {
  private final Map<Place<S>, List<Way<S>>> ways = new LinkedHashMap<>();
  private long comparisons;

  /** What ways have in common that can take each other's place. */
  private record Place<S>(S state, BitSet done) {
    static <S> Place<S> of(Way<S> way) {
      return new Place<>(way.state(), way.done());
    }
  }

  /** Adds a way and says whether it was of any use. */
  boolean add(Way<S> way) {
    List<Way<S>> here = ways.computeIfAbsent(Place.of(way), _ -> new ArrayList<>(1));
    comparisons += 1 + here.size();
    for (Way<S> other : here) {
      if (other.needsNoMoreThan(way)) {
        return false;
      }
    }
    here.removeIf(way::needsNoMoreThan);
    here.add(way);
    return true;
  }

  /** Whether a way was added and none since that makes it superfluous. */
  boolean holds(Way<S> way) {
    return ways.getOrDefault(Place.of(way), List.of()).contains(way);
  }

  /** How often a way was compared with another: what all of this costs. */
  long comparisons() {
    return comparisons;
  }

  boolean isEmpty() {
    return ways.isEmpty();
  }

  List<Way<S>> all() {
    return ways.values().stream().flatMap(List::stream).toList();
  }
}
