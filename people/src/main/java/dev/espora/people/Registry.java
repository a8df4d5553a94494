package dev.espora.people;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The people in a database: one store of them by their ids. An id is made of the nickname, so that
 * the store, which creates a key once, is what makes nicknames unique: of two people who ask for
 * one at the same time, through whatever process, the first in the order of the log has it. Any
 * number of registries, in any number of processes, may share one database.
 *
 * <p>Safe for use by any number of threads; only {@link #open} and {@link #close} wait.
 */
public final class Registry implements AutoCloseable {
  private final Store<UUID, Person> people;
  private final Search search;

  private Registry(Store<UUID, Person> people, Search search) {
    this.people = people;
    this.search = search;
  }

  /**
   * Opens the registry of a database, and begins to read its search index.
   *
   * @throws DatabaseException if the database fails
   */
  public static Registry open(Database database) {
    return open(database, OpenSegment.MOST_PEOPLE);
  }

  static Registry open(Database database, int segmentPeople) {
    Store<UUID, Person> people = database.store("people", UUID.class, Person.class);
    Store<Integer, StoredSegment> segments =
        database.store("people-search", Integer.class, StoredSegment.class);
    return new Registry(
        people, new Search(people, new SearchIndex(people, segments, segmentPeople)));
  }

  /**
   * Registers a person.
   *
   * @return the id, or nothing if the nickname is taken, once that is as durable as the database
   *     promises; fails with a {@link DatabaseException}
   */
  public CompletionStage<Optional<UUID>> register(Person person) {
    UUID id = id(person.nickname());
    return people
        .async()
        .create(id, person)
        .handle((receipt, failure) -> {
          if (failure == null) {
            return Optional.of(id);
          }
          if (failure instanceof DatabaseException.AlreadyExists
              || failure.getCause() instanceof DatabaseException.AlreadyExists) {
            return Optional.empty();
          }
          throw failure instanceof CompletionException known
              ? known
              : new CompletionException(failure);
        });
  }

  /**
   * The person of an id, whichever process registered them.
   *
   * @return fails with a {@link DatabaseException}
   */
  public CompletionStage<Optional<Registered>> find(UUID id) {
    try {
      return CompletableFuture.completedStage(
          people.read(id).map(Entry::value).map(person -> new Registered(id, person)));
    } catch (DatabaseException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /**
   * The first people, in the order in which they registered, whose nickname, name or an element of
   * whose stack contains a term, whatever the case of its letters; at most {@link Search#MOST}.
   * Everybody is found whose registration any process had acknowledged when the search began.
   *
   * @param term not empty
   * @return fails with a {@link DatabaseException}; with {@link DatabaseException.Busy} if too many
   *     searches wait
   */
  public CompletionStage<List<Registered>> search(String term) {
    return search.find(term);
  }

  /**
   * How many people are registered at this moment.
   *
   * @throws DatabaseException if the database fails
   */
  public long count() {
    return people.size();
  }

  /** Stops the search; to be closed before the database. */
  @Override
  public void close() {
    search.close();
  }

  /** A name-based UUID, version 8 of RFC 9562, over SHA-256. */
  static UUID id(String nickname) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
    byte[] hash = digest.digest(nickname.getBytes(StandardCharsets.UTF_8));
    ByteBuffer bits = ByteBuffer.wrap(hash);
    long first = (bits.getLong() & ~0xF000L) | 0x8000L;
    return new UUID(first, (bits.getLong() & ~(3L << 62)) | (1L << 63));
  }
}
