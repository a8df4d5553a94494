package dev.espora.bank;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The newest idempotency keys of an account, with what they asked for and the first answer.
 * Immutable.
 *
 * <p>A hash table whose versions share all buckets but the ones a key touches: adding a key copies
 * the row of buckets and one bucket, not the window. With each key the bucket it falls into and one
 * further bucket, in turn, lose what is too old; so at most 64 keys more than {@link #SIZE} are
 * held, however the keys hash.
 *
 * @param added how many keys were ever added
 * @param buckets {@link #BUCKETS} of them, or none before the first key
 */
record KeyWindow(long added, List<List<Remembered>> buckets) {

  /** How many keys are remembered at least. */
  static final int SIZE = 1_000;

  private static final int BUCKETS = 64;

  static final KeyWindow EMPTY = new KeyWindow(0, List.of());

  /**
   * A key and what became of it.
   *
   * @param ordinal how many keys came before
   */
  record Remembered(String key, long ordinal, Movement movement, Outcome outcome) {}

  Optional<Remembered> find(String key) {
    if (buckets.isEmpty()) {
      return Optional.empty();
    }
    for (Remembered remembered : buckets.get(bucketOf(key))) {
      if (remembered.key.equals(key)) {
        return Optional.of(remembered);
      }
    }
    return Optional.empty();
  }

  /** Remembers a key that {@link #find} does not find. */
  KeyWindow with(String key, Movement movement, Outcome outcome) {
    List<List<Remembered>> row =
        new ArrayList<>(buckets.isEmpty() ? Collections.nCopies(BUCKETS, List.of()) : buckets);
    int swept = (int) (added % BUCKETS);
    row.set(swept, recent(row.get(swept)));
    int bucket = bucketOf(key);
    List<Remembered> grown = recent(row.get(bucket));
    grown.add(new Remembered(key, added, movement, outcome));
    row.set(bucket, grown);
    return new KeyWindow(added + 1, Collections.unmodifiableList(row));
  }

  /** A new list of those that are still among the newest once one more is added. */
  private List<Remembered> recent(List<Remembered> bucket) {
    List<Remembered> recent = new ArrayList<>(bucket.size() + 1);
    for (Remembered remembered : bucket) {
      if (remembered.ordinal > added - SIZE) {
        recent.add(remembered);
      }
    }
    return recent;
  }

  private static int bucketOf(String key) {
    int hash = key.hashCode();
    return (hash ^ hash >>> 16) & (BUCKETS - 1);
  }
}
