package dev.espora.db.codec;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A Java type as the codec sees it: how its values are taken apart and put together. */
sealed interface Shape {

  /** A value without parts, under its schema's encoding. */
  record Scalar(Schema.Simple schema) implements Shape {}

  /**
   * A list, a set, or whatever else is made from a list of elements.
   *
   * @param collect makes the collection
   */
  record Elements(Shape element, Function<List<Object>, Object> collect) implements Shape {}

  /** A map that keeps the order of its entries. */
  record Entries(Shape key, Shape value) implements Shape {}

  /** An optional, or a component that may be null. */
  record Perhaps(Shape value, Kind kind) implements Shape {
    enum Kind {
      OPTIONAL,
      NULLABLE
    }
  }

  /** An enum. */
  record Constants(List<Enum<?>> constants) implements Shape {}

  /** A record. Not a Java record itself, since its components may refer back to it. */
  final class Product implements Shape {
    final Class<?> type;
    final List<String> removed;
    List<Component> components = List.of();
    @Nullable MethodHandle constructor;

    Product(Class<?> type, List<String> removed) {
      this.type = type;
      this.removed = removed;
    }
  }

  /** A sealed interface whose permitted types are records. */
  final class Sum implements Shape {
    final Class<?> type;
    List<Variant> variants = List.of();

    Sum(Class<?> type) {
      this.type = type;
    }
  }

  /**
   * One component of a record.
   *
   * @param accessor takes the record as an object and returns the component, boxed
   * @param orElse the value where stored data has none, if there is one
   */
  record Component(
      String name,
      List<String> formerly,
      Shape shape,
      MethodHandle accessor,
      @Nullable Object orElse) {}

  /** One permitted type of a sealed interface. */
  record Variant(String name, List<String> formerly, Product product) {}

  /** The schema of values that {@link ValueWriter} writes for this shape. */
  default Schema schema() {
    return new SchemaOf().schema(this);
  }
}
