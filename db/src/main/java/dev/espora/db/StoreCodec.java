package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.util.List;

/**
 * How the events of a store are written: as a union, so that they can be read by their schema
 * alone.
 *
 * <pre>
 * (Put:{created,age,key,value} | PutUntil:{created,age,expires,key,value}
 *  | Delete:{at,key} | Expire:{at,key}
 *  | Move:{sequence,created,age,key,value} | MoveUntil:{sequence,created,age,expires,key,value})
 * </pre>
 *
 * <p>Times are signed milliseconds since 1970; {@code age} is how much later than its creation this
 * version of the entry was written, {@code expires} how much later than that its time is over. Key
 * and value stand there as their callers encoded them.
 */
final class StoreCodec implements Codec<StoreEvent> {
  private static final int PUT = 0;
  private static final int PUT_UNTIL = 1;
  private static final int DELETE = 2;
  private static final int EXPIRE = 3;
  private static final int MOVE = 4;
  private static final int MOVE_UNTIL = 5;

  private final Schema schema;
  private final Schema keys;
  private final KeyOrder order;
  private final Codec<?> values;

  StoreCodec(Schema keys, KeyOrder order, Codec<?> values) {
    this.keys = keys;
    this.order = order;
    this.values = values;
    this.schema = union(keys, values.schema());
  }

  /** Reads and writes events whose types are not at hand; values stay as they are. */
  static StoreCodec untyped(Schema union) {
    Schema keys = part(union, "key");
    return new StoreCodec(keys, KeyOrder.of(keys), new Untyped(part(union, "value")));
  }

  /** Values of a schema that nobody reads. */
  private record Untyped(Schema schema) implements Codec<Object> {
    @Override
    public void encode(Object value, Output out) {
      throw new UnsupportedOperationException("values are moved as they are");
    }

    @Override
    public Decoder<Object> decoder(Schema written) {
      return in -> {
        throw new UnsupportedOperationException("values are moved as they are");
      };
    }
  }

  KeyOrder order() {
    return order;
  }

  static Schema union(Schema keys, Schema values) {
    return new Schema.Union(
        List.of(
            variant("Put", keys, values, "created", "age"),
            variant("PutUntil", keys, values, "created", "age", "expires"),
            variant("Delete", keys, null, "at"),
            variant("Expire", keys, null, "at"),
            variant("Move", keys, values, "sequence", "created", "age"),
            variant("MoveUntil", keys, values, "sequence", "created", "age", "expires")));
  }

  private static Schema.Field variant(
      String name, Schema keys, @org.jspecify.annotations.Nullable Schema values, String... times) {
    List<Schema.Field> fields = new java.util.ArrayList<>();
    for (String time : times) {
      fields.add(new Schema.Field(time, Schema.Simple.LONG));
    }
    fields.add(new Schema.Field("key", keys));
    if (values != null) {
      fields.add(new Schema.Field("value", values));
    }
    return new Schema.Field(name, new Schema.Fields(List.copyOf(fields)));
  }

  /** The schema of a field in the union of a store's events. */
  static Schema part(Schema union, String name) {
    if (union instanceof Schema.Union(List<Schema.Field> variants)
        && variants.getFirst().schema() instanceof Schema.Fields(List<Schema.Field> fields)) {
      for (Schema.Field field : fields) {
        if (field.name().equals(name)) {
          return field.schema();
        }
      }
    }
    throw new MalformedException("not the events of a store: " + union);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void encode(StoreEvent event, Output out) {
    StoreEvent.Content content = event.content();
    boolean until = content.expires() != StoreEvent.NEVER;
    switch (event.kind()) {
      case PUT -> out.writeByte(until ? PUT_UNTIL : PUT);
      case MOVE -> {
        out.writeByte(until ? MOVE_UNTIL : MOVE);
        out.writeSigned(content.sequence());
      }
      case DELETE -> out.writeByte(DELETE);
      case EXPIRE -> out.writeByte(EXPIRE);
    }
    out.writeSigned(content.created());
    if (!event.isRemoval()) {
      out.writeSigned(content.written() - content.created());
      if (until) {
        out.writeSigned(content.expires() - content.written());
      }
    }
    out.writeBytes(event.key());
    byte[] value = content.value();
    if (value != null) {
      out.writeBytes(value);
    }
  }

  /** Reads everything but the value, which stays where it is in the input. */
  @Override
  public Decoder<StoreEvent> decoder(Schema written) {
    Schema writtenKeys = part(written, "key");
    if (!writtenKeys.equals(keys)) {
      throw new IncompatibleException("keys are " + writtenKeys + ", not " + keys);
    }
    var _ = values.decoder(part(written, "value"));
    return this::read;
  }

  /**
   * The event that stands at a position, without its value, which is what is left of the payload.
   *
   * @throws DatabaseException.SchemaMismatch if the payload is no event
   */
  StoreEvent readAt(String store, long position, Input payload) {
    StoreEvent event = Decoding.read(store, () -> read(payload));
    event.standsAt(position);
    return event;
  }

  private StoreEvent read(Input in) {
    int variant = in.readByte();
    long sequence = variant == MOVE || variant == MOVE_UNTIL ? in.readSigned() : 0;
    long created = in.readSigned();
    if (variant == DELETE || variant == EXPIRE) {
      StoreEvent.Kind kind = variant == DELETE ? StoreEvent.Kind.DELETE : StoreEvent.Kind.EXPIRE;
      return new StoreEvent(kind, key(in), StoreEvent.Content.removedAt(created));
    }
    long writtenAt = created + in.readSigned();
    long expires = StoreEvent.NEVER;
    if (variant == PUT_UNTIL || variant == MOVE_UNTIL) {
      expires = writtenAt + in.readSigned();
    }
    StoreEvent.Kind kind =
        switch (variant) {
          case PUT, PUT_UNTIL -> StoreEvent.Kind.PUT;
          case MOVE, MOVE_UNTIL -> StoreEvent.Kind.MOVE;
          default -> throw new MalformedException("event " + variant + " of a store");
        };
    byte[] key = key(in);
    return new StoreEvent(
        kind, key, new StoreEvent.Content(created, writtenAt, expires, sequence, null, 0));
  }

  private byte[] key(Input in) {
    int before = in.remaining();
    order.skip(in);
    return in.readAgain(before - in.remaining());
  }
}
