package dev.espora.people;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/** A hash table from trigrams to the numbers of those who have them; at most half full. */
final class Postings {
  private long[] trigrams = new long[1 << 10];
  private @Nullable MutableRoaringBitmap[] numbers = new MutableRoaringBitmap[1 << 10];
  private int size;

  int size() {
    return size;
  }

  @Nullable MutableRoaringBitmap get(long trigram) {
    return numbers[slot(trigram)];
  }

  /** Those who have a trigram, to add to. */
  MutableRoaringBitmap of(long trigram) {
    int slot = slot(trigram);
    MutableRoaringBitmap known = numbers[slot];
    if (known != null) {
      return known;
    }
    MutableRoaringBitmap fresh = new MutableRoaringBitmap();
    trigrams[slot] = trigram;
    numbers[slot] = fresh;
    size++;
    if (2 * size > trigrams.length) {
      grow();
    }
    return fresh;
  }

  /** The trigrams, in no order. */
  LongStream trigrams() {
    return IntStream.range(0, trigrams.length)
        .filter(slot -> numbers[slot] != null)
        .mapToLong(slot -> trigrams[slot]);
  }

  private int slot(long trigram) {
    int mask = trigrams.length - 1;
    long mixed = trigram * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (numbers[slot] != null && trigrams[slot] != trigram) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldTrigrams = trigrams;
    @Nullable MutableRoaringBitmap[] oldNumbers = numbers;
    trigrams = new long[2 * oldTrigrams.length];
    numbers = new MutableRoaringBitmap[2 * oldNumbers.length];
    for (int i = 0; i < oldTrigrams.length; i++) {
      if (oldNumbers[i] != null) {
        int slot = slot(oldTrigrams[i]);
        trigrams[slot] = oldTrigrams[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }
}
