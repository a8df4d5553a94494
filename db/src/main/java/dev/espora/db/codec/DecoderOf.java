package dev.espora.db.codec;

import dev.espora.db.codec.Codec.Decoder;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Matches a stored schema with a shape, once, and makes the decoder that turns the one into the
 * other.
 */
final class DecoderOf {
  private final Map<Pair, Deferred> made = new HashMap<>();
  private final SchemaPath stored = new SchemaPath();
  private String where;

  DecoderOf(String where) {
    this.where = where;
  }

  @SuppressWarnings("ReferenceEquality") // a pair is one shape at one place of one schema
  private record Pair(Shape shape, Schema written) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Pair pair && pair.shape == shape && pair.written == written;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(shape) + System.identityHashCode(written);
    }
  }

  Decoder<Object> decoder(Shape shape, Schema written) {
    if (written instanceof Schema.Enclosing enclosing) {
      SchemaPath.Mark mark = stored.mark();
      Schema target = stored.leaveTo(enclosing);
      Decoder<Object> decoder = decoder(shape, target);
      stored.returnTo(mark);
      return decoder;
    }
    return switch (shape) {
      case Shape.Scalar scalar -> scalar(scalar, written);
      case Shape.Elements elements when written instanceof Schema.Sequence sequence ->
          elements(elements, decoder(elements.element(), sequence.element()));
      case Shape.Entries entries when written instanceof Schema.Mapping mapping ->
          entries(decoder(entries.key(), mapping.key()), decoder(entries.value(), mapping.value()));
      case Shape.Perhaps perhaps -> perhaps(perhaps, written);
      case Shape.Constants constants when written instanceof Schema.Choice choice ->
          constants(constants, choice);
      case Shape.Product product when written instanceof Schema.Fields fields ->
          once(product, fields, () -> product(product, fields));
      case Shape.Sum sum when written instanceof Schema.Union union ->
          once(sum, union, () -> sum(sum, union));
      default -> throw incompatible(written, shape);
    };
  }

  private Decoder<Object> once(
      Shape shape, Schema written, java.util.function.Supplier<Decoder<Object>> build) {
    Pair pair = new Pair(shape, written);
    Deferred known = made.get(pair);
    if (known != null) {
      return known;
    }
    Deferred deferred = new Deferred();
    made.put(pair, deferred);
    stored.enter(written);
    deferred.target = build.get();
    stored.leave();
    return deferred;
  }

  /** Stands for a decoder that is still being made. */
  private static final class Deferred implements Decoder<Object> {
    private @Nullable Decoder<Object> target;

    @Override
    public Object decode(Input in) {
      return Objects.requireNonNull(target).decode(in);
    }
  }

  private Decoder<Object> scalar(Shape.Scalar scalar, Schema written) {
    Schema.Simple wanted = scalar.schema();
    if (!(written instanceof Schema.Simple simple)) {
      throw incompatible(written, scalar);
    }
    if (simple == wanted) {
      return SchemaReader.simple(simple);
    }
    if (wanted == Schema.Simple.DOUBLE && simple == Schema.Simple.FLOAT) {
      return in -> (double) Float.intBitsToFloat(in.readInt());
    }
    boolean wider =
        (simple == Schema.Simple.SHORT || simple == Schema.Simple.INT)
            && (wanted == Schema.Simple.INT || wanted == Schema.Simple.LONG)
            && simple.compareTo(wanted) < 0;
    if (wider) {
      return SchemaReader.simple(wanted);
    }
    throw incompatible(written, scalar);
  }

  private static Decoder<Object> elements(Shape.Elements shape, Decoder<Object> element) {
    return in -> {
      int count = in.readLength();
      List<Object> elements = new ArrayList<>(Math.min(count, Input.MOST_AHEAD));
      for (int i = 0; i < count; i++) {
        elements.add(element.decode(in));
      }
      return shape.collect().apply(elements);
    };
  }

  private static Decoder<Object> entries(Decoder<Object> key, Decoder<Object> value) {
    return in -> {
      int count = in.readLength();
      Map<Object, Object> entries =
          LinkedHashMap.newLinkedHashMap(Math.min(count, Input.MOST_AHEAD));
      for (int i = 0; i < count; i++) {
        entries.put(key.decode(in), value.decode(in));
      }
      return Collections.unmodifiableMap(entries);
    };
  }

  @SuppressWarnings("NullAway") // an absent nullable component is null
  private Decoder<Object> perhaps(Shape.Perhaps perhaps, Schema written) {
    boolean optional = perhaps.kind() == Shape.Perhaps.Kind.OPTIONAL;
    if (written instanceof Schema.Maybe maybe) {
      Decoder<Object> inner = decoder(perhaps.value(), maybe.value());
      return in -> {
        boolean present = in.readByte() != 0;
        if (optional) {
          return present ? Optional.of(inner.decode(in)) : Optional.empty();
        }
        return present ? inner.decode(in) : null;
      };
    }
    Decoder<Object> inner = decoder(perhaps.value(), written);
    return optional ? in -> Optional.of(inner.decode(in)) : inner;
  }

  private Decoder<Object> constants(Shape.Constants shape, Schema.Choice written) {
    Object[] constants = new Object[written.names().size()];
    for (int i = 0; i < constants.length; i++) {
      String name = written.names().get(i);
      constants[i] =
          shape.constants().stream()
              .filter(constant -> constant.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new IncompatibleException(
                      where + " is stored with the constant " + name + ", which is gone"));
    }
    return in -> {
      long ordinal = in.readUnsigned();
      if (ordinal < 0 || ordinal >= constants.length) {
        throw new MalformedException("constant " + ordinal + " of " + constants.length);
      }
      return constants[(int) ordinal];
    };
  }

  @SuppressWarnings("NullAway") // slots of absent nullable components stay null
  private Decoder<Object> product(Shape.Product product, Schema.Fields written) {
    int stored = written.fields().size();
    List<Decoder<Object>> readers = new ArrayList<>(stored);
    int[] slots = new int[stored];
    Object[] initial = new Object[product.components.size()];
    boolean[] found = new boolean[initial.length];
    String outer = where;
    for (int i = 0; i < stored; i++) {
      Schema.Field field = written.fields().get(i);
      where = outer + "." + field.name();
      slots[i] = slot(product, field.name(), written);
      if (slots[i] >= 0 && found[slots[i]]) {
        throw new IncompatibleException(
            where + " and another stored field belong to the same component of the record");
      }
      if (slots[i] < 0) {
        readers.add(SchemaReader.of(field.schema(), this.stored));
      } else {
        found[slots[i]] = true;
        readers.add(decoder(product.components.get(slots[i]).shape(), field.schema()));
      }
    }
    for (int i = 0; i < initial.length; i++) {
      if (!found[i]) {
        where = outer + "." + product.components.get(i).name();
        initial[i] = absent(product.components.get(i));
      }
    }
    where = outer;
    MethodHandle constructor = Objects.requireNonNull(product.constructor);
    return in -> {
      if (slots.length == 0) {
        in.skip(1);
      }
      Object[] values = initial.clone();
      for (int i = 0; i < slots.length; i++) {
        Object value = readers.get(i).decode(in);
        if (slots[i] >= 0) {
          values[slots[i]] = value;
        }
      }
      return construct(constructor, values);
    };
  }

  /**
   * The component a stored field belongs to, or -1 if it was removed on purpose. A former name
   * counts where the new one is not stored: it may have been given to another component since.
   */
  private int slot(Shape.Product product, String name, Schema.Fields written) {
    int exact = -1;
    for (int i = 0; i < product.components.size(); i++) {
      Shape.Component component = product.components.get(i);
      if (component.formerly().contains(name) && !isNamed(written.fields(), component.name())) {
        return i;
      }
      exact = component.name().equals(name) ? i : exact;
    }
    if (exact >= 0) {
      return exact;
    }
    if (product.removed.contains(name)) {
      return -1;
    }
    throw new IncompatibleException(
        where + " is stored but not in the record: keep it, or name it in @Formerly or @Removed");
  }

  private static boolean isNamed(List<Schema.Field> stored, String name) {
    return stored.stream().anyMatch(each -> each.name().equals(name));
  }

  private @Nullable Object absent(Shape.Component component) {
    if (component.orElse() != null) {
      return component.orElse();
    }
    return switch (component.shape()) {
      case Shape.Perhaps perhaps ->
          perhaps.kind() == Shape.Perhaps.Kind.OPTIONAL ? Optional.empty() : null;
      case Shape.Elements elements -> elements.collect().apply(List.of());
      case Shape.Entries _ -> Map.of();
      default ->
          throw new IncompatibleException(
              where + " is not in the stored data: give it a value with @OrElse");
    };
  }

  private Decoder<Object> sum(Shape.Sum sum, Schema.Union written) {
    List<Decoder<Object>> readers = new ArrayList<>();
    for (Schema.Field stored : written.variants()) {
      Shape.Variant variant = variant(sum, stored.name(), written);
      readers.add(decoder(variant.product(), stored.schema()));
    }
    return in -> {
      long index = in.readUnsigned();
      if (index < 0 || index >= readers.size()) {
        throw new MalformedException("variant " + index + " of " + readers.size());
      }
      return readers.get((int) index).decode(in);
    };
  }

  /** As {@link #slot}; what was stored as two may have become one. */
  private Shape.Variant variant(Shape.Sum sum, String name, Schema.Union written) {
    Predicate<Shape.Variant> formerly = each -> each.formerly().contains(name);
    return find(sum, formerly.and(each -> !isNamed(written.variants(), each.name())))
        .or(() -> find(sum, each -> each.name().equals(name)))
        .or(() -> find(sum, formerly))
        .orElseThrow(() ->
            new IncompatibleException(
                where + " is stored with the variant " + name + ", which is gone"));
  }

  private static Optional<Shape.Variant> find(Shape.Sum sum, Predicate<Shape.Variant> wanted) {
    return sum.variants.stream().filter(wanted).findFirst();
  }

  private static Object construct(MethodHandle constructor, Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (VirtualMachineError e) {
      throw e; // says something about this thread or process, nothing about the values
    } catch (Throwable e) {
      throw new MalformedException("a record refused its stored values: " + e);
    }
  }

  private IncompatibleException incompatible(Schema written, Shape shape) {
    return new IncompatibleException(
        where + " is stored as " + written + " and cannot be read as " + shape.schema());
  }
}
