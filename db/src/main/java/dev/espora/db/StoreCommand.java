package dev.espora.db;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What callers, and the upkeep of a store, ask of it. Keys and values are encoded. */
sealed interface StoreCommand {

  /** When it was asked, in milliseconds since 1970. */
  long now();

  /** Changes of entries, all or nothing. */
  record Write(List<Change> changes, long now) implements StoreCommand {}

  /**
   * A change of one entry.
   *
   * @param value null for a removal
   * @param expires when the entry's time is over, or {@link #KEEP}
   * @param expected the sequence that the entry must have, for {@link Action#REPLACE} and {@link
   *     Action#REMOVE}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Change(Action action, byte[] key, byte @Nullable [] value, long expires, long expected) {
    /** The entry keeps the time that it has. */
    static final long KEEP = -1;
  }

  /** What is to be done with an entry, and what it takes. */
  enum Action {
    /** Takes a key without entry. */
    CREATE,
    /** Takes an entry. */
    UPDATE,
    PUT,
    /** Takes an entry. */
    DELETE,
    /** Takes an entry of the expected sequence. */
    REPLACE,
    /** Takes an entry of the expected sequence. */
    REMOVE
  }

  /** Entries that are to be written anew, where they still stand at the place they were read at. */
  record Relocate(List<Move> moves, long now) implements StoreCommand {}

  /**
   * An entry and the position that it was read at.
   *
   * @param event what is to be written
   */
  record Move(StoreEvent event, long from) {}

  /** Keys to be removed where their time is over. */
  record Sweep(List<byte[]> keys, long now) implements StoreCommand {}
}
