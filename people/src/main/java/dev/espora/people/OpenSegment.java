package dev.espora.people;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/**
 * The newest people, to whom more are added by one thread at a time until it is full. Readers see
 * those who were added before.
 */
final class OpenSegment implements Segment {

  /** One container of a bitmap. */
  private static final int MOST_PEOPLE = 1 << 16;

  /** Bytes when sealed, about: what is written must stay below the limit of a value. */
  private static final int MOST_BYTES = 12 << 20;

  private static final int BYTES_PER_PERSON = 16;
  private static final int BYTES_PER_TRIGRAM = 32;
  private static final int BYTES_PER_POSTING = 2;

  private final Map<Long, MutableRoaringBitmap> having = new HashMap<>();
  private long[] ids = new long[64];
  private int people;
  private int bytes;

  /** Adds a person. What is full depends on the people alone, so all processes seal alike. */
  synchronized void add(UUID id, Person person) {
    if (ids.length == 2 * people) {
      ids = Arrays.copyOf(ids, 2 * ids.length);
    }
    ids[2 * people] = id.getMostSignificantBits();
    ids[2 * people + 1] = id.getLeastSignificantBits();
    bytes += BYTES_PER_PERSON;
    Term.eachTrigram(person, this::add);
    people++;
  }

  private void add(long trigram) {
    MutableRoaringBitmap numbers = having.get(trigram);
    if (numbers == null) {
      numbers = new MutableRoaringBitmap();
      having.put(trigram, numbers);
      bytes += BYTES_PER_TRIGRAM;
    }
    if (numbers.checkedAdd(people)) {
      bytes += BYTES_PER_POSTING;
    }
  }

  synchronized boolean isFull() {
    return people == MOST_PEOPLE || bytes >= MOST_BYTES;
  }

  @Override
  public synchronized int people() {
    return people;
  }

  @Override
  public synchronized UUID id(int number) {
    return new UUID(ids[2 * number], ids[2 * number + 1]);
  }

  @Override
  public synchronized @Nullable ImmutableRoaringBitmap having(long trigram) {
    return having.get(trigram);
  }

  @Override
  public synchronized Iterator<ImmutableRoaringBitmap> having(long from, long beyond) {
    return having.entrySet().stream()
        .filter(entry -> entry.getKey() >= from && entry.getKey() < beyond)
        .<ImmutableRoaringBitmap>map(Map.Entry::getValue)
        .iterator();
  }

  /** A copy, since more may be added meanwhile. */
  @Override
  public synchronized ImmutableRoaringBitmap candidates(Term term) {
    return Segment.super.candidates(term).toMutableRoaringBitmap();
  }

  /** The trigrams, in order. */
  synchronized long[] trigrams() {
    return having.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
  }
}
