package dev.espora.testkit.history;

import java.util.Objects;
import java.util.Optional;

/** One key of a store with numbers as values, as a model. */
public record KeyValue() implements Model<Optional<Long>, KeyValue.Ask, KeyValue.Told> {

  /** What is asked of a key. */
  public sealed interface Ask {
    String key();

    /** Reads the value. */
    record Read(String key) implements Ask {}

    /** Writes it, whether the key exists or not. */
    record Put(String key, long value) implements Ask {}

    /** Fails if the key exists. */
    record Create(String key, long value) implements Ask {}

    /** Fails if the key does not exist. */
    record Delete(String key) implements Ask {}

    /** Adds to the value; fails if the key does not exist. */
    record Add(String key, long value) implements Ask {}
  }

  /**
   * The answer.
   *
   * @param done false if it failed since the key exists, or does not
   * @param value what was read or has become of it
   */
  public record Told(boolean done, Optional<Long> value) {
    /** The key exists, or does not. */
    public static final Told REFUSED = new Told(false, Optional.empty());

    /** Done, and nothing more is told. */
    public static final Told DONE = new Told(true, Optional.empty());

    /** Done, and this is the value now. */
    public static Told value(long value) {
      return new Told(true, Optional.of(value));
    }

    /** What was read. */
    public static Told read(Optional<Long> value) {
      return new Told(true, value);
    }

    @Override
    public String toString() {
      return done ? value.map(Objects::toString).orElse("done") : "refused";
    }
  }

  @Override
  public Optional<Long> initial() {
    return Optional.empty();
  }

  @Override
  public boolean isRead(Ask ask) {
    return ask instanceof Ask.Read;
  }

  @Override
  public Step<Optional<Long>, Told> apply(Optional<Long> state, Ask ask) {
    return switch (ask) {
      case Ask.Read _ -> new Step<>(state, Told.read(state));
      case Ask.Put put -> new Step<>(Optional.of(put.value), Told.DONE);
      case Ask.Create create ->
          state.isEmpty()
              ? new Step<>(Optional.of(create.value), Told.DONE)
              : new Step<>(state, Told.REFUSED);
      case Ask.Delete _ ->
          state.isPresent()
              ? new Step<>(Optional.empty(), Told.DONE)
              : new Step<>(state, Told.REFUSED);
      case Ask.Add add ->
          state
              .map(value -> value + add.value)
              .map(sum -> new Step<>(Optional.of(sum), Told.value(sum)))
              .orElseGet(() -> new Step<>(state, Told.REFUSED));
    };
  }
}
