package dev.espora.testkit.history;

import java.util.BitSet;

/**
 * One way to explain a history up to some moment. Does not change.
 *
 * @param state what it leads to
 * @param done the operations that have taken effect and have not returned
 * @param used the operations of unknown outcome that have taken effect
 * @param fresh how many of these since the last answer
 */
record Way<S>(S state, BitSet done, BitSet used, int fresh) {

  Way<S> with(int bit, S next) {
    BitSet more = (BitSet) done.clone();
    more.set(bit);
    return new Way<>(next, more, used, fresh);
  }

  Way<S> without(int bit) {
    BitSet fewer = (BitSet) done.clone();
    fewer.clear(bit);
    return new Way<>(state, fewer, used, fresh);
  }

  Way<S> using(int index, S next) {
    BitSet more = (BitSet) used.clone();
    more.set(index);
    return new Way<>(next, done, more, fresh + 1);
  }

  Way<S> afresh() {
    return new Way<>(state, done, used, 0);
  }

  /** Whether this one needs no effect of an unknown operation that the other does not need. */
  boolean needsNoMoreThan(Way<S> other) {
    for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
      if (!other.used.get(i)) {
        return false;
      }
    }
    return true;
  }
}
