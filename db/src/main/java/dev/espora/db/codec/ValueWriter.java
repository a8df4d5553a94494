package dev.espora.db.codec;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes the values of one shape. */
@FunctionalInterface
interface ValueWriter {
  void write(Object value, Output out);

  static ValueWriter of(Shape shape) {
    return new Builder().writer(shape);
  }

  /** Makes a writer for each shape once, so that types may contain themselves. */
  final class Builder {
    private final IdentityHashMap<Shape, Deferred> made = new IdentityHashMap<>();

    ValueWriter writer(Shape shape) {
      return switch (shape) {
        case Shape.Scalar scalar -> scalar(scalar.schema());
        case Shape.Elements elements -> elements(writer(elements.element()));
        case Shape.Entries entries -> entries(writer(entries.key()), writer(entries.value()));
        case Shape.Perhaps perhaps -> optional(writer(perhaps.value()));
        case Shape.Constants constants ->
            (value, out) -> out.writeUnsigned(constants.constants().indexOf(value));
        case Shape.Product product -> once(product, () -> product(product));
        case Shape.Sum sum -> once(sum, () -> sum(sum));
      };
    }

    private ValueWriter once(Shape shape, java.util.function.Supplier<ValueWriter> build) {
      Deferred known = made.get(shape);
      if (known != null) {
        return known;
      }
      Deferred deferred = new Deferred();
      made.put(shape, deferred);
      ValueWriter writer = build.get();
      deferred.target = writer;
      return writer;
    }

    private ValueWriter product(Shape.Product product) {
      int count = product.components.size();
      ValueWriter[] writers = new ValueWriter[count];
      MethodHandle[] accessors = new MethodHandle[count];
      String[] names = new String[count];
      for (int i = 0; i < count; i++) {
        Shape.Component component = product.components.get(i);
        boolean nullable =
            component.shape() instanceof Shape.Perhaps perhaps
                && perhaps.kind() == Shape.Perhaps.Kind.NULLABLE;
        writers[i] =
            nullable
                ? nullable(writer(((Shape.Perhaps) component.shape()).value()))
                : writer(component.shape());
        accessors[i] = component.accessor();
        names[i] = nullable ? "" : product.type.getSimpleName() + "." + component.name();
      }
      if (count == 0) {
        return (value, out) -> out.writeByte(0); // no value is without bytes: counts can be checked
      }
      return (value, out) -> {
        for (int i = 0; i < count; i++) {
          Object part = read(accessors[i], value);
          if (part == null && !names[i].isEmpty()) {
            throw new IllegalArgumentException(names[i] + " is null; annotate it @Nullable");
          }
          writers[i].write(part, out);
        }
      };
    }

    private ValueWriter sum(Shape.Sum sum) {
      ClassValue<Integer> index =
          new ClassValue<>() {
            @Override
            protected Integer computeValue(Class<?> type) {
              for (int i = 0; i < sum.variants.size(); i++) {
                if (sum.variants.get(i).product().type == type) {
                  return i;
                }
              }
              throw new IllegalArgumentException(type + " is no variant of " + sum.type);
            }
          };
      ValueWriter[] writers =
          sum.variants.stream()
              .map(variant -> writer(variant.product()))
              .toArray(ValueWriter[]::new);
      return (value, out) -> {
        int i = index.get(value.getClass());
        out.writeUnsigned(i);
        writers[i].write(value, out);
      };
    }
  }

  /** Stands for a writer that is still being made. */
  final class Deferred implements ValueWriter {
    private @Nullable ValueWriter target;

    @Override
    public void write(Object value, Output out) {
      java.util.Objects.requireNonNull(target).write(value, out);
    }
  }

  private static ValueWriter elements(ValueWriter element) {
    return (value, out) -> {
      Collection<?> elements = (Collection<?>) value;
      out.writeUnsigned(elements.size());
      for (Object each : elements) {
        element.write(each, out);
      }
    };
  }

  private static ValueWriter entries(ValueWriter key, ValueWriter value) {
    return (map, out) -> {
      Map<?, ?> entries = (Map<?, ?>) map;
      out.writeUnsigned(entries.size());
      for (Map.Entry<?, ?> each : entries.entrySet()) {
        key.write(each.getKey(), out);
        value.write(each.getValue(), out);
      }
    };
  }

  private static ValueWriter optional(ValueWriter inner) {
    return (value, out) -> {
      Optional<?> optional = (Optional<?>) value;
      out.writeByte(optional.isPresent() ? 1 : 0);
      if (optional.isPresent()) {
        inner.write(optional.get(), out);
      }
    };
  }

  @SuppressWarnings("NullAway") // the one place where a value may be absent
  private static ValueWriter nullable(ValueWriter inner) {
    return (value, out) -> {
      out.writeByte(value == null ? 0 : 1);
      if (value != null) {
        inner.write(value, out);
      }
    };
  }

  private static ValueWriter scalar(Schema.Simple schema) {
    return switch (schema) {
      case BOOLEAN -> (value, out) -> out.writeByte((Boolean) value ? 1 : 0);
      case BYTE -> (value, out) -> out.writeByte((Byte) value);
      case SHORT -> (value, out) -> out.writeSigned((Short) value);
      case INT -> (value, out) -> out.writeSigned((Integer) value);
      case LONG -> (value, out) -> out.writeSigned((Long) value);
      case CHAR -> (value, out) -> out.writeUnsigned((Character) value);
      case FLOAT -> (value, out) -> out.writeInt(Float.floatToRawIntBits((Float) value));
      case DOUBLE -> (value, out) -> out.writeLong(Double.doubleToRawLongBits((Double) value));
      case STRING -> (value, out) -> out.writeString((String) value);
      case BYTES ->
          (value, out) -> {
            byte[] bytes = (byte[]) value;
            out.writeUnsigned(bytes.length);
            out.writeBytes(bytes);
          };
      case INSTANT ->
          (value, out) -> {
            Instant instant = (Instant) value;
            out.writeSigned(instant.getEpochSecond());
            out.writeUnsigned(instant.getNano());
          };
      case DATE -> (value, out) -> out.writeSigned(((LocalDate) value).toEpochDay());
      case DURATION ->
          (value, out) -> {
            Duration duration = (Duration) value;
            out.writeSigned(duration.getSeconds());
            out.writeUnsigned(duration.getNano());
          };
      case UUID ->
          (value, out) -> {
            UUID uuid = (UUID) value;
            out.writeLong(uuid.getMostSignificantBits());
            out.writeLong(uuid.getLeastSignificantBits());
          };
    };
  }

  private static Object read(MethodHandle accessor, Object value) {
    try {
      return (Object) accessor.invokeExact(value);
    } catch (Throwable e) {
      throw new IllegalArgumentException("a record's accessor failed: " + e, e);
    }
  }
}
