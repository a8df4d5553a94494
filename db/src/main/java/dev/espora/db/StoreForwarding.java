package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How changes of a store travel: with keys and values as they were encoded, so only between
 * processes that write the same types. What the upkeep asks is decided where it was asked.
 */
final class StoreForwarding {
  private StoreForwarding() {}

  static Forwarding<StoreCommand, StoreResult> of(StoreCodec events) {
    return new Forwarding<>(new Commands(events), new Results());
  }

  private static final class Commands implements Codec<StoreCommand> {
    private static final Codec<StoreCommand.Write> WRITES = Codec.of(StoreCommand.Write.class);

    private final Schema schema;

    private Commands(StoreCodec events) {
      this.schema =
          new Schema.Fields(
              List.of(
                  new Schema.Field("write", WRITES.schema()),
                  new Schema.Field("types", events.schema())));
    }

    @Override
    public Schema schema() {
      return schema;
    }

    @Override
    public void encode(StoreCommand command, Output out) {
      if (!(command instanceof StoreCommand.Write write)) {
        throw new IllegalArgumentException("only changes travel");
      }
      WRITES.encode(write, out);
    }

    @Override
    public Decoder<StoreCommand> decoder(Schema written) {
      Decoder<StoreCommand.Write> writes = WRITES.decoder(WRITES.schema());
      return writes::decode;
    }
  }

  /** Of the last event nothing matters to a caller but its sequence. */
  private static final class Results implements Codec<StoreResult> {
    private static final Codec<Told> TOLD = Codec.of(Told.class);

    private record Told(long sequence, StoreResult.@Nullable Refusal refusal) {}

    @Override
    public Schema schema() {
      return TOLD.schema();
    }

    @Override
    public void encode(StoreResult result, Output out) {
      StoreEvent last = result.last();
      TOLD.encode(new Told(last == null ? 0 : last.sequence(), result.refusal()), out);
    }

    @Override
    public Decoder<StoreResult> decoder(Schema written) {
      Decoder<Told> told = TOLD.decoder(written);
      return in -> result(told, in);
    }

    private static StoreResult result(Decoder<Told> decoder, Input in) {
      Told told = decoder.decode(in);
      if (told.refusal != null) {
        return new StoreResult(null, told.refusal);
      }
      StoreEvent last =
          new StoreEvent(StoreEvent.Kind.PUT, new byte[0], StoreEvent.Content.removedAt(0));
      last.standsAt(told.sequence);
      return new StoreResult(last, null);
    }
  }
}
