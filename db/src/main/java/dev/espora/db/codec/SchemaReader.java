package dev.espora.db.codec;

import dev.espora.db.codec.Codec.Decoder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads values by their schema alone, without the classes they came from: records become maps, a
 * variant of a union a map with one entry, map entries a list of pairs.
 */
public final class SchemaReader {
  private final SchemaPath path;
  private final IdentityHashMap<Schema, Decoder<Object>> made = new IdentityHashMap<>();

  private SchemaReader(SchemaPath path) {
    this.path = path;
  }

  /** Reads values of a whole schema. */
  public static Decoder<Object> of(Schema schema) {
    return withinStack(of(schema, new SchemaPath()));
  }

  /** Bytes can nest values deeper than any encoder could have followed. */
  static Decoder<Object> withinStack(Decoder<Object> decoder) {
    return in -> {
      try {
        return decoder.decode(in);
      } catch (StackOverflowError e) {
        throw new MalformedException("values are nested too deeply for this thread");
      }
    };
  }

  /** Reads values of a schema inside another. */
  static Decoder<Object> of(Schema schema, SchemaPath path) {
    return new SchemaReader(path).decoder(schema);
  }

  private Decoder<Object> decoder(Schema schema) {
    return switch (schema) {
      case Schema.Simple simple -> simple(simple);
      case Schema.Sequence sequence -> sequence(decoder(sequence.element()));
      case Schema.Mapping mapping -> mapping(decoder(mapping.key()), decoder(mapping.value()));
      case Schema.Maybe maybe -> {
        Decoder<Object> inner = decoder(maybe.value());
        yield in -> in.readByte() == 0 ? Optional.empty() : Optional.of(inner.decode(in));
      }
      case Schema.Choice choice -> in -> choice.names().get(index(in, choice.names().size()));
      case Schema.Fields fields -> once(fields, fields.fields(), this::fields);
      case Schema.Union union -> once(union, union.variants(), this::union);
      case Schema.Enclosing enclosing -> {
        SchemaPath.Mark mark = path.mark();
        Decoder<Object> decoder = decoder(path.leaveTo(enclosing));
        path.returnTo(mark);
        yield decoder;
      }
      case Schema.Opaque opaque ->
          throw new IncompatibleException(
              "values of " + opaque + " can be read by their own codec only");
    };
  }

  private Decoder<Object> once(
      Schema schema,
      List<Schema.Field> parts,
      java.util.function.BiFunction<List<String>, List<Decoder<Object>>, Decoder<Object>> make) {
    Decoder<Object> known = made.get(schema);
    if (known != null) {
      return known;
    }
    made.put(schema, in -> Objects.requireNonNull(made.get(schema)).decode(in));
    path.enter(schema);
    List<Decoder<Object>> decoders = new ArrayList<>();
    for (Schema.Field part : parts) {
      decoders.add(decoder(part.schema()));
    }
    path.leave();
    Decoder<Object> decoder = make.apply(parts.stream().map(Schema.Field::name).toList(), decoders);
    made.put(schema, decoder);
    return decoder;
  }

  private Decoder<Object> fields(List<String> names, List<Decoder<Object>> decoders) {
    return in -> {
      if (names.isEmpty()) {
        in.skip(1);
      }
      Map<String, Object> values = LinkedHashMap.newLinkedHashMap(names.size());
      for (int i = 0; i < names.size(); i++) {
        values.put(names.get(i), decoders.get(i).decode(in));
      }
      return values;
    };
  }

  private Decoder<Object> union(List<String> names, List<Decoder<Object>> decoders) {
    return in -> {
      int index = index(in, names.size());
      return Map.of(names.get(index), decoders.get(index).decode(in));
    };
  }

  private static Decoder<Object> sequence(Decoder<Object> element) {
    return in -> {
      int count = in.readLength();
      List<Object> elements = new ArrayList<>(Math.min(count, Input.MOST_AHEAD));
      for (int i = 0; i < count; i++) {
        elements.add(element.decode(in));
      }
      return elements;
    };
  }

  private static Decoder<Object> mapping(Decoder<Object> key, Decoder<Object> value) {
    return in -> {
      int count = in.readLength();
      List<Object> pairs = new ArrayList<>(Math.min(count, Input.MOST_AHEAD));
      for (int i = 0; i < count; i++) {
        pairs.add(List.of(key.decode(in), value.decode(in)));
      }
      return pairs;
    };
  }

  private static int index(Input in, int count) {
    long index = in.readUnsigned();
    if (index < 0 || index >= count) {
      throw new MalformedException("choice " + index + " of " + count);
    }
    return (int) index;
  }

  static Decoder<Object> simple(Schema.Simple simple) {
    return switch (simple) {
      case BOOLEAN -> in -> in.readByte() != 0;
      case BYTE -> in -> (byte) in.readByte();
      case SHORT -> in -> (short) in.readSigned();
      case INT -> in -> (int) in.readSigned();
      case LONG -> Input::readSigned;
      case CHAR -> in -> (char) in.readUnsigned();
      case FLOAT -> in -> Float.intBitsToFloat(in.readInt());
      case DOUBLE -> in -> Double.longBitsToDouble(in.readLong());
      case STRING -> Input::readString;
      case BYTES -> in -> in.readBytes(in.readLength());
      case INSTANT -> in -> time(() -> Instant.ofEpochSecond(in.readSigned(), in.readUnsigned()));
      case DATE -> in -> time(() -> LocalDate.ofEpochDay(in.readSigned()));
      case DURATION -> in -> time(() -> Duration.ofSeconds(in.readSigned(), in.readUnsigned()));
      case UUID -> in -> new java.util.UUID(in.readLong(), in.readLong());
    };
  }

  private static Object time(Supplier<Object> value) {
    try {
      return value.get();
    } catch (DateTimeException | ArithmeticException e) {
      throw new MalformedException("not a time: " + e.getMessage());
    }
  }
}
