package dev.espora.people;

import dev.espora.db.DatabaseException;
import dev.espora.db.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.buffer.ImmutableRoaringBitmap;

/**
 * Finds people by a part of their text, on threads of its own: the index names candidates, and the
 * store, which has the people, decides. Safe for use by any number of threads.
 */
final class Search implements AutoCloseable {

  /** How many people a search finds at most. */
  static final int MOST = 50;

  /** Longer than any field. */
  private static final int LONGEST = 2 * Person.MAX_NAME;

  private static final int THREADS = 2;
  private static final int WAITING = 1_000;

  private final Store<UUID, Person> people;
  private final SearchIndex index;
  private final ThreadPoolExecutor searchers;

  Search(Store<UUID, Person> people, SearchIndex index) {
    this.people = people;
    this.index = index;
    this.searchers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("people-search-", 1).factory());
  }

  /** As {@link Registry#search} says. */
  CompletionStage<List<Registered>> find(String text) {
    try {
      return CompletableFuture.supplyAsync(() -> found(Term.of(text)), searchers);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedStage(
          searchers.isShutdown()
              ? new DatabaseException.Closed("the registry was closed")
              : new DatabaseException.Busy(WAITING + " searches wait already, their limit"));
    }
  }

  private List<Registered> found(Term term) {
    List<Registered> found = new ArrayList<>();
    if (term.folded().length() > LONGEST) {
      return found;
    }
    for (Segment segment : index.current()) {
      ImmutableRoaringBitmap candidates = segment.candidates(term);
      for (PeekableIntIterator each = candidates.getIntIterator(); each.hasNext(); ) {
        person(segment.id(each.next()), term).ifPresent(found::add);
        if (found.size() == MOST) {
          return found;
        }
      }
    }
    return found;
  }

  private Optional<Registered> person(UUID id, Term term) {
    return people
        .read(id)
        .filter(entry -> term.isIn(entry.value()))
        .map(entry -> new Registered(id, entry.value()));
  }

  /** Waits for searches under way. */
  @Override
  public void close() {
    searchers.close();
    index.close();
  }
}
