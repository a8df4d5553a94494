package dev.espora.db;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Decoded entries by the position they were read at. What stands at a position never changes, so
 * nothing ever has to be taken out; each place simply keeps what was put into it last. Safe for use
 * by any number of threads.
 */
final class ValueCache<V> {
  /** Longer values are not kept, so that the number of places bounds the memory. */
  static final int MOST_VALUE_BYTES = 1 << 10;

  private final AtomicReferenceArray<@Nullable Cached<V>> places;

  private record Cached<V>(long position, Entry<V> entry) {}

  /**
   * @param entries how many places there are, rounded up to a power of two; 0 for none
   */
  ValueCache(int entries) {
    int size = entries == 0 ? 0 : Integer.highestOneBit(Math.max(1, 2 * entries - 1));
    places = new AtomicReferenceArray<>(size);
  }

  @Nullable Entry<V> get(long position) {
    if (places.length() == 0) {
      return null;
    }
    Cached<V> cached = places.getAcquire(place(position));
    return cached == null || cached.position != position ? null : cached.entry;
  }

  void put(long position, Entry<V> entry, int valueBytes) {
    if (places.length() > 0 && valueBytes <= MOST_VALUE_BYTES) {
      places.setRelease(place(position), new Cached<>(position, entry));
    }
  }

  private int place(long position) {
    return (int) ((position * 0x9E3779B97F4A7C15L) >>> 32) & (places.length() - 1);
  }
}
