package dev.espora.people;

import java.util.Arrays;
import java.util.Iterator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/**
 * The newest people, to whom more are added by one thread at a time until it is full. Readers see
 * those who were added before.
 */
final class OpenSegment implements Segment {

  /** How many people a segment holds at most: what one container of a bitmap does. */
  static final int MOST_PEOPLE = 1 << 16;

  /** Bytes when sealed, about: what is written must stay below the limit of a value. */
  private static final int MOST_BYTES = 12 << 20;

  private static final int BYTES_PER_PERSON = 16;
  private static final int BYTES_PER_TRIGRAM = 32;
  private static final int BYTES_PER_REFERENCE = 2;

  private final int mostPeople;
  private final Postings postings = new Postings();
  private long[] ids = new long[64];
  private int people;
  private int references;

  OpenSegment(int mostPeople) {
    this.mostPeople = mostPeople;
  }

  /** Adds a person. What is full depends on the people alone, so all processes seal alike. */
  synchronized void add(UUID id, Person person) {
    if (ids.length == 2 * people) {
      ids = Arrays.copyOf(ids, 2 * ids.length);
    }
    ids[2 * people] = id.getMostSignificantBits();
    ids[2 * people + 1] = id.getLeastSignificantBits();
    Term.eachTrigram(person, this::add);
    people++;
  }

  private void add(long trigram) {
    if (postings.of(trigram).checkedAdd(people)) {
      references++;
    }
  }

  synchronized boolean isFull() {
    return people == mostPeople
        || BYTES_PER_PERSON * people
                + BYTES_PER_TRIGRAM * postings.size()
                + BYTES_PER_REFERENCE * references
            >= MOST_BYTES;
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
    return postings.get(trigram);
  }

  @Override
  public synchronized Iterator<ImmutableRoaringBitmap> having(long from, long beyond) {
    return postings
        .trigrams()
        .filter(trigram -> trigram >= from && trigram < beyond)
        .<ImmutableRoaringBitmap>mapToObj(postings::of)
        .iterator();
  }

  /** A copy, since more may be added meanwhile. */
  @Override
  public synchronized ImmutableRoaringBitmap candidates(Term term) {
    return Segment.super.candidates(term).toMutableRoaringBitmap();
  }

  /** The trigrams, in order. */
  synchronized long[] trigrams() {
    return postings.trigrams().sorted().toArray();
  }
}
