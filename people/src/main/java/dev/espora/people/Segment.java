package dev.espora.people;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.buffer.BufferFastAggregation;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/**
 * The people of one stretch of the log, numbered in their order from 0, and for each trigram those
 * who have it.
 */
sealed interface Segment permits OpenSegment, SealedSegment {

  /** How many there are. */
  int people();

  UUID id(int number);

  /** Those who have a trigram; null if nobody has. */
  @Nullable ImmutableRoaringBitmap having(long trigram);

  /** Those who have a trigram, for each trigram from one on up to another one. */
  Iterator<ImmutableRoaringBitmap> having(long from, long beyond);

  /** All whose text contains a term, and perhaps others. */
  default ImmutableRoaringBitmap candidates(Term term) {
    if (term.isShort()) {
      return BufferFastAggregation.or(having(term.lowest(), term.beyond()));
    }
    List<@Nullable ImmutableRoaringBitmap> all =
        LongStream.of(term.trigrams()).distinct().mapToObj(this::having).toList();
    if (all.contains(null)) {
      return new MutableRoaringBitmap();
    }
    ImmutableRoaringBitmap[] rarestFirst = all.toArray(ImmutableRoaringBitmap[]::new);
    Arrays.sort(rarestFirst, Comparator.comparingInt(ImmutableRoaringBitmap::getCardinality));
    ImmutableRoaringBitmap candidates = rarestFirst[0];
    for (int i = 1; i < rarestFirst.length && !candidates.isEmpty(); i++) {
      candidates = ImmutableRoaringBitmap.and(candidates, rarestFirst[i]);
    }
    return candidates;
  }
}
