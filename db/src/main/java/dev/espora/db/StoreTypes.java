package dev.espora.db;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a store's keys and values become bytes and back. Safe for use by any number of threads. */
final class StoreTypes<K, V> {
  private final String store;
  private final Codec<K> keys;
  private final Codec<V> values;
  private final Codec.Decoder<K> keyDecoder;
  private final KeyOrder order;
  private final StoreCodec events;
  private final Limits limits;

  /** By the number of the schema. */
  private volatile List<Codec.Decoder<V>> valueDecoders = List.of();

  StoreTypes(String store, Class<K> keyType, Class<V> valueType, Limits limits) {
    this.store = store;
    this.keys = Codec.of(keyType);
    this.values = Codec.of(valueType);
    this.keyDecoder = Decoding.of(store, keys, keys.schema());
    this.order = KeyOrder.of(keyType, keys);
    this.events = new StoreCodec(keys.schema(), order, values);
    this.limits = limits;
  }

  KeyOrder order() {
    return order;
  }

  StoreCodec events() {
    return events;
  }

  /** Whether a value that one caller got could be changed by it: then it is not shared. */
  boolean valuesMayChange() {
    return holdsBytes(values.schema());
  }

  private static boolean holdsBytes(Schema schema) {
    return switch (schema) {
      case Schema.Simple simple -> simple == Schema.Simple.BYTES;
      case Schema.Sequence(Schema element) -> holdsBytes(element);
      case Schema.Mapping(Schema key, Schema value) -> holdsBytes(key) || holdsBytes(value);
      case Schema.Maybe(Schema value) -> holdsBytes(value);
      case Schema.Fields(List<Schema.Field> fields) ->
          fields.stream().anyMatch(field -> holdsBytes(field.schema()));
      case Schema.Union(List<Schema.Field> variants) ->
          variants.stream().anyMatch(variant -> holdsBytes(variant.schema()));
      case Schema.Choice _, Schema.Enclosing _ -> false;
      case Schema.Opaque _ -> true;
    };
  }

  /** Learns how the values in a log are written. */
  void learn(List<Schema> schemas) {
    List<Codec.Decoder<V>> decoders = new ArrayList<>();
    for (Schema schema : schemas) {
      decoders.add(Decoding.of(store, values, StoreCodec.part(schema, "value")));
    }
    valueDecoders = List.copyOf(decoders);
  }

  byte[] encodeKey(K key) {
    Output out = new Output(32);
    keys.encode(key, out);
    if (out.size() > limits.keyBytes()) {
      throw new DatabaseException.LimitExceeded(
          "a key of %d bytes is beyond the limit of %d in store %s"
              .formatted(out.size(), limits.keyBytes(), store));
    }
    return out.toByteArray();
  }

  byte[] encodeValue(V value) {
    Output out = new Output(256);
    values.encode(value, out);
    if (out.size() > limits.valueBytes()) {
      throw new DatabaseException.LimitExceeded(
          "a value of %d bytes is beyond the limit of %d in store %s"
              .formatted(out.size(), limits.valueBytes(), store));
    }
    return out.toByteArray();
  }

  K decodeKey(byte[] key) {
    return keyDecoder.decode(new Input(key));
  }

  /** The event at a position, without its value. */
  StoreEvent header(long position, Input payload) {
    return events.readAt(store, position, payload);
  }

  /** The entry that an event wrote, whose value is what is left of the payload. */
  Entry<V> entry(StoreEvent event, int schema, Input payload) {
    StoreEvent.Content content = event.content();
    V value = valueDecoders.get(schema).decode(payload);
    Optional<Instant> expires =
        content.expires() == StoreEvent.NEVER
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(content.expires()));
    Instant created = Instant.ofEpochMilli(content.created());
    Instant written =
        content.written() == content.created() ? created : Instant.ofEpochMilli(content.written());
    return new Entry<>(value, created, written, expires, event.sequence());
  }
}
