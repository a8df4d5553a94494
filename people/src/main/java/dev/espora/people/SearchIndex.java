package dev.espora.people;

import dev.espora.db.Change;
import dev.espora.db.ChangeFeed;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Store;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The segments of all people, in the order in which they registered.
 *
 * <p>Follows the changes of the store of people: now and then by itself, and before every search as
 * far as it takes. A segment that is full is sealed and stored, by whichever process is first, so
 * that less than one segment has to be read again after a restart. What is stored here can always
 * be made again from the people, and is used only where their log says that it belongs to it, and
 * that nobody in it was lost, as in a log that was salvaged.
 */
final class SearchIndex implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SearchIndex.class.getName());
  private static final long FOLLOW_MILLIS = 100;
  private static final long CLOSE_SECONDS = 30;

  private final Store<UUID, Person> people;
  private final Store<Integer, StoredSegment> stored;
  private final int segmentPeople;
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("people-index").factory());

  /** For whoever changes what follows. */
  private final ReentrantLock mutex = new ReentrantLock();

  private @Nullable ChangeFeed<UUID, Person> feed;
  private OpenSegment newest;

  /** The sequence of the last person before the newest segment. */
  private long after;

  /** The sequence of the last person. */
  private long through;

  /** How many people there are in the segments; -1 before those that are stored were read. */
  private long count = -1;

  /** The one that is full and not sealed yet, if there is one. */
  private @Nullable Full unsealed;

  private volatile List<Segment> segments;

  /** What {@link #count} was when everybody in the segments could be seen by all. */
  private volatile long indexed = count;

  /**
   * Begins to follow.
   *
   * @param segmentPeople how many people a segment holds at most, the same in all processes
   */
  SearchIndex(Store<UUID, Person> people, Store<Integer, StoredSegment> stored, int segmentPeople) {
    this.people = people;
    this.stored = stored;
    this.segmentPeople = segmentPeople;
    this.newest = new OpenSegment(segmentPeople);
    this.segments = List.of(newest);
    var _ =
        background.scheduleWithFixedDelay(this::follow, 0, FOLLOW_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * The segments, with everybody in them who is registered now.
   *
   * @throws DatabaseException if the database fails
   */
  List<Segment> current() {
    long registered = people.size();
    if (indexed < registered) {
      mutex.lock();
      try {
        if (count < 0) {
          load();
          readOn(Long.MAX_VALUE);
          if (count > people.size()) {
            beginAnew();
          }
        }
        catchUp(registered);
      } finally {
        indexed = count;
        mutex.unlock();
      }
    }
    return segments;
  }

  private void follow() {
    try {
      List<Segment> _ = current();
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the search index cannot follow", e); // every search says why
    }
  }

  // --- what was stored

  private void load() {
    List<Segment> sealed = new ArrayList<>();
    long loaded = 0;
    long last = 0;
    boolean belongs = true;
    for (int number = 0; ; number++) {
      Entry<StoredSegment> entry = stored.read(number).orElse(null);
      if (entry == null) {
        break;
      }
      StoredSegment value = entry.value();
      belongs = belongs && value.after() == last && belongs(value);
      if (belongs) {
        SealedSegment segment = new SealedSegment(value.bytes());
        sealed.add(segment);
        loaded += segment.people();
        last = value.through();
      } else {
        discard(number, entry.sequence());
      }
    }
    sealed.add(newest);
    after = last;
    through = last;
    segments = List.copyOf(sealed);
    count = loaded;
  }

  /** Whether the last person of a segment is at the place of the log that the segment names. */
  private boolean belongs(StoredSegment value) {
    if (!value.folding().equals(Term.FOLDING)) {
      return false;
    }
    SealedSegment segment = new SealedSegment(value.bytes());
    return people
        .read(segment.id(segment.people() - 1))
        .filter(person -> person.sequence() == value.through())
        .isPresent();
  }

  /** Forgets all segments, here and where they are stored. */
  private void beginAnew() {
    for (int number = 0; number < segments.size(); number++) {
      Entry<StoredSegment> entry = stored.read(number).orElse(null);
      if (entry != null) {
        discard(number, entry.sequence());
      }
    }
    closeFeed();
    unsealed = null;
    newest = new OpenSegment(segmentPeople);
    segments = List.of(newest);
    after = 0;
    through = 0;
    count = 0;
  }

  private void discard(int number, long sequence) {
    try {
      var _ = stored.compareAndDelete(number, sequence);
    } catch (DatabaseException.Missing | DatabaseException.Conflict e) {
      LOG.log(Level.DEBUG, "segment " + number + " was made anew by another process", e);
    }
  }

  // --- what was changed since

  private void catchUp(long registered) {
    readOn(registered);
    if (count < registered) {
      throw new IllegalStateException("there are people without changes");
    }
  }

  /** Reads until there are that many people in the segments, or as many as there are. */
  private void readOn(long most) {
    try {
      while (count < most) {
        Change<UUID, Person> change = feed().poll(Duration.ZERO).orElse(null);
        if (change == null) {
          return;
        }
        change.entry().ifPresent(entry -> add(change.key(), entry));
      }
    } catch (DatabaseException.Missing e) {
      readEntries(); // compaction took the changes away, not the people
    }
  }

  private ChangeFeed<UUID, Person> feed() {
    ChangeFeed<UUID, Person> current = feed;
    if (current == null) {
      current = people.changes(through);
      feed = current;
    }
    return current;
  }

  private record Place(long sequence, UUID id) {}

  private void readEntries() {
    long end = people.sequence();
    List<Place> places = placesThrough(end);
    if (count > people.size() - places.size()) {
      beginAnew(); // some of those in the segments were lost
      places = placesThrough(end);
    }
    for (Place place : places) {
      people.read(place.id).ifPresent(entry -> add(place.id, entry));
    }
    closeFeed();
    feed = people.changes(end);
  }

  /** Of the people behind those in the segments, in their order. */
  private List<Place> placesThrough(long end) {
    try (Stream<Map.Entry<UUID, Entry<Person>>> entries = people.entries()) {
      return entries
          .map(entry -> new Place(entry.getValue().sequence(), entry.getKey()))
          .filter(place -> place.sequence > through && place.sequence <= end)
          .sorted(Comparator.comparingLong(Place::sequence))
          .toList();
    }
  }

  private void add(UUID id, Entry<Person> entry) {
    newest.add(id, entry.value());
    through = entry.sequence();
    count++;
    if (newest.isFull()) {
      seal();
    }
  }

  // --- what is stored

  /**
   * A segment that is full.
   *
   * @param from the sequence of the last person before it
   * @param to that of its last person
   */
  private record Full(int number, OpenSegment people, long from, long to) {
    StoredSegment sealed() {
      return new StoredSegment(Term.FOLDING, from, to, SealedSegment.encode(people));
    }
  }

  /**
   * Begins another segment. The full one is sealed in the background; where the one before it still
   * is not, many people are read at once, and it is sealed here: open ones take several times the
   * memory, so nothing that waits for the background may keep one.
   */
  private void seal() {
    Full before = unsealed;
    if (before != null) {
      int number = before.number;
      StoredSegment sealed = before.sealed();
      replace(number, sealed);
      inBackground(() -> store(number, sealed));
    }
    unsealed = new Full(segments.size() - 1, newest, after, through);
    after = through;
    newest = new OpenSegment(segmentPeople);
    segments = Stream.concat(segments.stream(), Stream.of(newest)).toList();
    inBackground(this::sealLater);
  }

  private void inBackground(Runnable work) {
    try {
      background.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a segment is not stored: the registry is closed", e);
    }
  }

  private void sealLater() {
    Full full = unsealed();
    if (full == null) {
      return; // it was sealed meanwhile
    }
    StoredSegment sealed = full.sealed();
    mutex.lock();
    try {
      if (!full.equals(unsealed)) {
        return;
      }
      unsealed = null;
      replace(full.number, sealed);
    } finally {
      mutex.unlock();
    }
    store(full.number, sealed);
  }

  private @Nullable Full unsealed() {
    mutex.lock();
    try {
      return unsealed;
    } finally {
      mutex.unlock();
    }
  }

  private void replace(int number, StoredSegment sealed) {
    List<Segment> replaced = new ArrayList<>(segments);
    replaced.set(number, new SealedSegment(sealed.bytes()));
    segments = List.copyOf(replaced);
  }

  private void store(int number, StoredSegment sealed) {
    try {
      var _ = stored.create(number, sealed);
    } catch (DatabaseException.AlreadyExists e) {
      LOG.log(Level.DEBUG, "segment " + number + " was stored by another process", e);
    } catch (DatabaseException e) {
      LOG.log(Level.WARNING, "segment " + number + " of the search index is not stored", e);
    }
  }

  private void closeFeed() {
    ChangeFeed<UUID, Person> open = feed;
    feed = null;
    if (open != null) {
      open.close();
    }
  }

  /** Lets what is being stored finish. */
  @Override
  public void close() {
    background.shutdown();
    boolean interrupted = false;
    try {
      if (!background.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "the search index is still busy and is left behind");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    mutex.lock();
    try {
      closeFeed();
    } finally {
      mutex.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
