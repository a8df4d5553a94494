package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of a {@link Store}. */
final class StoreMachine implements Machine<StoreState, StoreCommand, StoreEvent, StoreResult> {
  private final String store;
  private final KeyOrder order;

  /** From deciding to evolving, for the same key as a rule. */
  private final Index.Path path;

  private final StoreCodec codec;
  private final long mostBytes;
  private final Output scratch = new Output(1 << 8);

  /** Sequences of entries that were moved last, which may not be in the log yet, by position. */
  private final Map<Long, Long> moved = new HashMap<>();

  /** Set right after opening, before the first command, of this process or another one. */
  @Nullable Journal journal;

  StoreMachine(String store, StoreCodec codec, long mostBytes) {
    this.store = store;
    this.order = codec.order();
    this.path = new Index.Path(order);
    this.codec = codec;
    this.mostBytes = mostBytes;
  }

  @Override
  public PartitionKind kind() {
    return PartitionKind.STORE;
  }

  @Override
  public StoreState initial() {
    return StoreState.EMPTY;
  }

  // --- deciding

  @Override
  public Decision<StoreEvent, StoreResult> decide(StoreState state, StoreCommand command) {
    long now = Math.max(command.now(), state.clock());
    return switch (command) {
      case StoreCommand.Write write -> new Judgement(state, now).judge(write.changes());
      case StoreCommand.Relocate relocate -> relocate(state, relocate.moves(), now);
      case StoreCommand.Sweep sweep -> sweep(state, sweep.keys(), now);
    };
  }

  private Decision<StoreEvent, StoreResult> relocate(
      StoreState state, List<StoreCommand.Move> moves, long now) {
    moved.clear();
    List<StoreEvent> events = new ArrayList<>();
    for (StoreCommand.Move move : moves) {
      IndexNode.Slot slot = path.find(state.root(), move.event().key());
      if (slot != null && slot.position() == move.from()) {
        events.add(slot.expires() <= now ? expired(move.event().key(), now) : move.event());
      }
    }
    return decided(events);
  }

  private Decision<StoreEvent, StoreResult> sweep(StoreState state, List<byte[]> keys, long now) {
    List<StoreEvent> events = new ArrayList<>();
    for (byte[] key : keys) {
      IndexNode.Slot slot = path.find(state.root(), key);
      if (slot != null && slot.expires() <= now) {
        events.add(expired(key, now));
      }
    }
    return decided(events);
  }

  private static StoreEvent expired(byte[] key, long now) {
    return new StoreEvent(StoreEvent.Kind.EXPIRE, key, StoreEvent.Content.removedAt(now));
  }

  private static Decision<StoreEvent, StoreResult> decided(List<StoreEvent> events) {
    return new Decision<>(
        events, new StoreResult(events.isEmpty() ? null : events.getLast(), null));
  }

  /** Looks at the changes of one command in turn, each on the ground of those before it. */
  private final class Judgement {
    private final StoreState state;
    private final long now;
    private final List<StoreEvent> events = new ArrayList<>(1);

    /** Entries as the changes so far leave them; absent ones are null. */
    private final Map<Key, IndexNode.@Nullable Slot> touched = new HashMap<>();

    private long liveBytes;

    Judgement(StoreState state, long now) {
      this.state = state;
      this.now = now;
      this.liveBytes = state.liveBytes();
    }

    Decision<StoreEvent, StoreResult> judge(List<StoreCommand.Change> changes) {
      for (int i = 0; i < changes.size(); i++) {
        StoreResult refused = judge(i, changes.get(i), changes.size() > 1);
        if (refused != null) {
          return Decision.reject(refused);
        }
      }
      return decided(events);
    }

    private @Nullable StoreResult judge(
        int index, StoreCommand.Change change, boolean isOneOfMany) {
      Key key = isOneOfMany ? new Key(change.key()) : null;
      IndexNode.Slot slot =
          key != null && touched.containsKey(key)
              ? touched.get(key)
              : path.find(state.root(), change.key());
      if (slot != null && slot.expires() <= now) {
        if (change.action() == StoreCommand.Action.CREATE
            || change.action() == StoreCommand.Action.PUT) {
          events.add(expired(change.key(), now));
          liveBytes -= slot.bytes();
        }
        slot = null;
      }
      StoreResult refused = refuse(index, change, slot);
      if (refused != null) {
        return refused;
      }
      StoreEvent event = event(change, slot);
      if (!event.isRemoval() && event.content().expires() <= now) {
        return StoreResult.refused(index, StoreResult.Reason.EXPIRED, 0);
      }
      if (mostBytes != Long.MAX_VALUE) {
        liveBytes += (event.isRemoval() ? 0 : bytes(event)) - (slot == null ? 0 : slot.bytes());
        if (liveBytes > mostBytes && !event.isRemoval()) {
          return StoreResult.refused(index, StoreResult.Reason.FULL, liveBytes);
        }
      }
      events.add(event);
      if (key != null) {
        StoreEvent.Content content = event.content();
        touched.put(
            key,
            event.isRemoval()
                ? null
                : new IndexNode.Slot(-1, bytes(event), content.created(), content.expires()));
      }
      return null;
    }

    private @Nullable StoreResult refuse(
        int index, StoreCommand.Change change, IndexNode.@Nullable Slot slot) {
      return switch (change.action()) {
        case PUT -> null;
        case CREATE ->
            slot == null ? null : StoreResult.refused(index, StoreResult.Reason.EXISTS, 0);
        case UPDATE, DELETE ->
            slot != null ? null : StoreResult.refused(index, StoreResult.Reason.MISSING, 0);
        case REPLACE, REMOVE -> {
          if (slot == null) {
            yield StoreResult.refused(index, StoreResult.Reason.MISSING, 0);
          }
          long actual = sequence(slot, change.expected());
          yield actual == change.expected()
              ? null
              : StoreResult.refused(index, StoreResult.Reason.CHANGED, actual);
        }
      };
    }

    private StoreEvent event(StoreCommand.Change change, IndexNode.@Nullable Slot slot) {
      byte[] value = change.value();
      if (value == null) {
        return new StoreEvent(
            StoreEvent.Kind.DELETE, change.key(), StoreEvent.Content.removedAt(now));
      }
      long expires = change.expires();
      if (expires == StoreCommand.Change.KEEP) {
        expires = slot == null ? StoreEvent.NEVER : slot.expires();
      }
      long created = slot == null ? now : slot.created();
      return new StoreEvent(
          StoreEvent.Kind.PUT,
          change.key(),
          new StoreEvent.Content(created, now, expires, 0, value, 0));
    }

    private int bytes(StoreEvent event) {
      scratch.truncate(0);
      codec.encode(event, scratch);
      return scratch.size() + Batch.RECORD_OVERHEAD + 1;
    }
  }

  /** A version's sequence is the position it was written at, also where it was moved since. */
  private long sequence(IndexNode.Slot slot, long expected) {
    Long recently = moved.get(slot.position());
    if (recently != null) {
      return recently;
    }
    Journal log = Objects.requireNonNull(journal);
    boolean isInThisBatch = slot.position() < 0 || slot.position() >= log.cursor().position();
    if (slot.position() == expected || isInThisBatch) {
      return slot.position();
    }
    Journal.Event event = Objects.requireNonNull(log.read(slot.position()));
    return codec.readAt(store, slot.position(), event.payload()).sequence();
  }

  /** An encoded key. */
  @SuppressWarnings("ArrayRecordComponent") // compared as such below
  private record Key(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  // --- evolving

  @Override
  public StoreState evolve(StoreState state, StoreEvent event, long position, int bytes) {
    event.standsAt(position);
    StoreEvent.Content content = event.content();
    if (!moved.isEmpty()) {
      moved.remove(position); // of a batch that could not be written
    }
    if (event.isRemoval()) {
      return state.remove(order, event.key(), content.created());
    }
    if (event.kind() == StoreEvent.Kind.MOVE && content.value() != null) { // decided here
      moved.put(position, content.sequence());
    }
    IndexNode.Slot slot = new IndexNode.Slot(position, bytes, content.created(), content.expires());
    return state.put(path, event.key(), slot, content.written());
  }

  @Override
  public int schema(StoreEvent event, int current) {
    return event.kind() == StoreEvent.Kind.MOVE ? event.content().schema() : current;
  }

  @Override
  public Codec<StoreEvent> eventCodec() {
    return codec;
  }

  // --- snapshots

  @Override
  public Schema stateSchema() {
    return IndexParts.SCHEMA;
  }

  @Override
  public Iterator<byte[]> write(StoreState state) {
    return new IndexParts.Writer(state, order);
  }

  @Override
  public StoreState read(Schema written, Journal.Parts parts) {
    return IndexParts.read(written, parts, order);
  }

  @Override
  public Optional<Forwarding<StoreCommand, StoreResult>> forwarding() {
    return Optional.of(StoreForwarding.of(codec));
  }

  @Override
  public long snapshotBytes(StoreState state) {
    return state.keyBytes() + state.size() * IndexParts.ENTRY_BYTES;
  }
}
