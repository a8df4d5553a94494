package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a {@link Log}: a command looks at the tail and says which rows to append.
 */
final class LogMachine<T>
    implements StateMachine<LogState<T>, Function<Log.Tail<T>, Decision<T, Object>>, T, Object> {

  /** How many rows stay in memory, so that looking at the newest ten needs no disk. */
  private static final int KEPT = 32;

  final Class<T> type;
  private final String partition;
  private final Codec<T> rows;
  private final List<Codec.Decoder<T>> decoders = new ArrayList<>();

  /** Set right after opening, before the first command. */
  @Nullable Journal journal;

  LogMachine(String partition, Class<T> type) {
    this.partition = partition;
    this.type = type;
    this.rows = Codec.of(type);
  }

  @Override
  public LogState<T> initial() {
    return new LogState<>(0, null, 0);
  }

  @Override
  public Decision<T, Object> decide(
      LogState<T> state, Function<Log.Tail<T>, Decision<T, Object>> command) {
    return command.apply(new StoredTail(state));
  }

  /** Forgets old rows now and then, but none that is not on disk yet: those exist nowhere else. */
  @Override
  public LogState<T> evolve(LogState<T> state, T row) {
    LogState<T> next = state.with(row);
    if (next.linked() < 2 * KEPT) {
      return next;
    }
    long stored = journal == null ? 0 : journal.cursor().sequence();
    long unstored = journal == null ? 0 : Math.max(0, next.size() - stored);
    return unstored > next.linked() / 2 ? next : next.keeping((int) Math.max(KEPT, unstored));
  }

  private final class StoredTail implements Log.Tail<T> {
    private final LogState<T> state;

    StoredTail(LogState<T> state) {
      this.state = state;
    }

    @Override
    public long size() {
      return state.size();
    }

    @Override
    public List<T> newest(int atMost) {
      List<T> newest = new ArrayList<>();
      LogState.Row<T> row = state.newest();
      while (row != null && newest.size() < atMost) {
        newest.add(row.value());
        row = row.before();
      }
      if (newest.size() < atMost && newest.size() < state.size()) {
        addStored(newest, atMost);
      }
      return newest;
    }

    private void addStored(List<T> newest, int atMost) {
      Journal log = Objects.requireNonNull(journal);
      Journal.Point end = log.cursor();
      long skip = end.sequence() - (state.size() - newest.size());
      try (Journal.EventScan scan = log.scanBackwards(end)) {
        while (newest.size() < atMost && scan.next()) {
          if (skip-- <= 0) {
            newest.add(decoder(scan.schema()).decode(scan.payload()));
          }
        }
      }
    }

    private Codec.Decoder<T> decoder(int schema) {
      List<Schema> schemas = Objects.requireNonNull(journal).schemas();
      while (decoders.size() <= schema) {
        decoders.add(Decoding.of(partition, rows, schemas.get(decoders.size())));
      }
      return decoders.get(schema);
    }
  }

  @Override
  public Codec<T> eventCodec() {
    return rows;
  }

  /** A snapshot holds the number of rows; the rows themselves are in the log. */
  @Override
  public Codec<LogState<T>> stateCodec() {
    return new Codec<>() {
      @Override
      public Schema schema() {
        return Schema.Simple.LONG;
      }

      @Override
      public void encode(LogState<T> value, Output out) {
        out.writeSigned(value.size());
      }

      @Override
      public Decoder<LogState<T>> decoder(Schema written) {
        return (Input in) -> new LogState<>(in.readSigned(), null, 0);
      }
    };
  }
}
