package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The state that the log of a partition leads to, as far as this process has come: what readers
 * see, and what the next batch is judged against. It follows the log where other processes append.
 *
 * <p>A mutex guards the journal's cursor and whoever moves the view. A reader takes it only where
 * another process has written since, so never while this process commits.
 */
final class Projection<S, E> {
  private final String name;
  private final Machine<S, ?, E, ?> machine;
  private final Journal journal;
  private final List<Codec.Decoder<E>> decoders = new ArrayList<>();
  private final ReentrantLock mutex = new ReentrantLock();
  private volatile View<S> view;

  /** Whether the cursor was moved and the state that belongs there could not be read yet. */
  private boolean rewinding;

  /** A state and the end of the log it came from. Does not change once it is published. */
  static final class View<S> {
    private final S state;
    private Journal.Point at;

    private View(S state, Journal.Point at) {
      this.state = state;
      this.at = at;
    }

    S state() {
      return state;
    }

    Journal.Point at() {
      return at;
    }

    /** What it becomes by a batch that is not written yet, to be published once it is. */
    View<S> next(S state) {
      return new View<>(state, at);
    }
  }

  /** Comes to the end of the log. */
  Projection(String name, Machine<S, ?, E, ?> machine, Journal journal) {
    this.name = name;
    this.machine = machine;
    this.journal = journal;
    for (Schema schema : journal.schemas()) {
      decoders.add(Decoding.of(name, machine.eventCodec(), schema));
    }
    this.view = beginning();
    lock();
    try {
      catchUp();
    } finally {
      unlock();
    }
  }

  /** The state to start from, and the cursor behind it. */
  private View<S> beginning() {
    Journal.Snapshot snapshot = journal.rewind();
    S start =
        snapshot == null
            ? machine.initial()
            : Decoding.read(name, () -> machine.read(snapshot.schema(), snapshot.parts()));
    return new View<>(start, journal.cursor());
  }

  // --- reading

  /** The state as it was published last; another thread may publish a newer one at any moment. */
  View<S> view() {
    return view;
  }

  /** The state that holds everything that any process acknowledged before the call. */
  View<S> newest() {
    long end = journal.end();
    View<S> current = view; // looked at last: it may hold what was appended meanwhile
    if (current.at.position() >= end) {
      return current;
    }
    lock();
    try {
      catchUp();
      return view;
    } finally {
      unlock();
    }
  }

  /** The newest state if no other process is known to have written since; null if one has. */
  @Nullable S ifCurrent() {
    View<S> current = view;
    return journal.known() == current.at.position() ? current.state : null;
  }

  E decode(int schema, Input payload) {
    if (schema < 0 || schema >= decoders.size()) {
      throw new DatabaseException.SchemaMismatch(
          "an event of partition " + name + " has unknown schema " + schema);
    }
    return decoders.get(schema).decode(payload);
  }

  // --- moving on

  /** Takes the right to move the journal's cursor and the view. */
  void lock() {
    mutex.lock();
  }

  void unlock() {
    mutex.unlock();
  }

  /** Publishes what a batch that was just appended leads to; cannot fail. The mutex is held. */
  void publish(View<S> next) {
    next.at = journal.cursor();
    view = next;
  }

  /** Applies what other processes appended, batch by batch. The mutex is held. */
  void catchUp() {
    if (!rewinding && journal.known() == journal.cursor().position()) {
      return;
    }
    View<S> reached = view;
    Replay replay = new Replay(reached.state);
    try {
      while (rewinding || journal.known() != journal.cursor().position()) {
        if (!rewinding && journal.readBatch(replay)) {
          reached = new View<>(replay.state, journal.cursor());
        } else {
          rewinding = true; // another process has released what would come next
          reached = beginning();
          replay.state = reached.state;
          rewinding = false;
        }
      }
    } finally {
      view = reached;
    }
  }

  private final class Replay implements Journal.EventSink {
    private S state;

    private Replay(S state) {
      this.state = state;
    }

    @Override
    public void event(long position, int schema, Input payload) {
      int bytes = payload.remaining() + Batch.RECORD_OVERHEAD + Output.unsignedBytes(schema);
      state = machine.evolve(state, decode(schema, payload), position, bytes);
    }
  }
}
