package dev.espora.db.codec;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads a Java type by reflection, once, when a codec is made. */
final class ShapeOf {
  private static final Map<Class<?>, Schema.Simple> SCALARS =
      Map.ofEntries(
          Map.entry(boolean.class, Schema.Simple.BOOLEAN),
          Map.entry(Boolean.class, Schema.Simple.BOOLEAN),
          Map.entry(byte.class, Schema.Simple.BYTE),
          Map.entry(Byte.class, Schema.Simple.BYTE),
          Map.entry(short.class, Schema.Simple.SHORT),
          Map.entry(Short.class, Schema.Simple.SHORT),
          Map.entry(int.class, Schema.Simple.INT),
          Map.entry(Integer.class, Schema.Simple.INT),
          Map.entry(long.class, Schema.Simple.LONG),
          Map.entry(Long.class, Schema.Simple.LONG),
          Map.entry(char.class, Schema.Simple.CHAR),
          Map.entry(Character.class, Schema.Simple.CHAR),
          Map.entry(float.class, Schema.Simple.FLOAT),
          Map.entry(Float.class, Schema.Simple.FLOAT),
          Map.entry(double.class, Schema.Simple.DOUBLE),
          Map.entry(Double.class, Schema.Simple.DOUBLE),
          Map.entry(String.class, Schema.Simple.STRING),
          Map.entry(byte[].class, Schema.Simple.BYTES),
          Map.entry(Instant.class, Schema.Simple.INSTANT),
          Map.entry(LocalDate.class, Schema.Simple.DATE),
          Map.entry(Duration.class, Schema.Simple.DURATION),
          Map.entry(UUID.class, Schema.Simple.UUID));

  private final Map<Class<?>, Shape> seen = new HashMap<>();

  Shape shape(Type type) {
    return switch (type) {
      case Class<?> simple -> ofClass(simple);
      case ParameterizedType generic -> ofGeneric(generic);
      case WildcardType wildcard -> shape(wildcard.getUpperBounds()[0]);
      default -> throw unsupported(type);
    };
  }

  private Shape ofClass(Class<?> type) {
    Schema.Simple scalar = SCALARS.get(type);
    if (scalar != null) {
      return new Shape.Scalar(scalar);
    }
    if (type.isEnum()) {
      return new Shape.Constants(
          Arrays.stream(type.getEnumConstants()).<Enum<?>>map(Enum.class::cast).toList());
    }
    Shape known = seen.get(type);
    if (known != null) {
      return known;
    }
    if (type.isRecord() && type.getTypeParameters().length == 0) {
      return product(type);
    }
    if (type.isInterface() && type.isSealed()) {
      return sum(type);
    }
    throw unsupported(type);
  }

  private Shape ofGeneric(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    Class<?> raw = (Class<?>) type.getRawType();
    if (raw == Optional.class) {
      return new Shape.Perhaps(shape(arguments[0]), Shape.Perhaps.Kind.OPTIONAL);
    }
    if (raw == List.class || raw == Collection.class) {
      return new Shape.Elements(shape(arguments[0]), Collections::unmodifiableList);
    }
    if (raw == Set.class) {
      return new Shape.Elements(
          shape(arguments[0]),
          elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements)));
    }
    if (raw == Map.class) {
      return new Shape.Entries(shape(arguments[0]), shape(arguments[1]));
    }
    throw unsupported(type);
  }

  private Shape.Product product(Class<?> type) {
    Removed removed = type.getAnnotation(Removed.class);
    Shape.Product product =
        new Shape.Product(type, removed == null ? List.of() : List.of(removed.value()));
    seen.put(type, product);
    RecordComponent[] declared = type.getRecordComponents();
    List<Shape.Component> components = new ArrayList<>();
    try {
      MethodHandles.Lookup lookup = lookup(type);
      for (RecordComponent component : declared) {
        components.add(component(component, lookup));
      }
      Class<?>[] types =
          Arrays.stream(declared).map(RecordComponent::getType).toArray(Class<?>[]::new);
      product.constructor =
          lookup
              .findConstructor(type, MethodType.methodType(void.class, types))
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          type.getName()
              + " cannot be stored: its package is closed; open it to dev.espora.db in module-info",
          e);
    }
    product.components = List.copyOf(components);
    return product;
  }

  private Shape.Component component(RecordComponent component, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    Shape shape = shape(component.getGenericType());
    if (isNullable(component.getAnnotatedType())
        || isNullable(component)
        || isNullable(component.getAccessor())) {
      shape = new Shape.Perhaps(shape, Shape.Perhaps.Kind.NULLABLE);
    }
    MethodHandle accessor =
        lookup
            .unreflect(component.getAccessor())
            .asType(MethodType.methodType(Object.class, Object.class));
    OrElse orElse = component.getAnnotation(OrElse.class);
    return new Shape.Component(
        component.getName(),
        formerly(component),
        shape,
        accessor,
        orElse == null ? null : Defaults.parse(component, shape, orElse.value()));
  }

  private Shape.Sum sum(Class<?> type) {
    Shape.Sum sum = new Shape.Sum(type);
    seen.put(type, sum);
    List<Shape.Variant> variants = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (!(shape(permitted) instanceof Shape.Product product)) {
        throw unsupported(permitted);
      }
      variants.add(new Shape.Variant(permitted.getSimpleName(), formerly(permitted), product));
    }
    sum.variants = List.copyOf(variants);
    if (variants.stream().map(Shape.Variant::name).distinct().count() < variants.size()) {
      throw new IllegalArgumentException(
          type.getTypeName()
              + " cannot be stored: two of its variants have the same simple name, by which they are"
              + " told apart");
    }
    return sum;
  }

  private static MethodHandles.Lookup lookup(Class<?> type) throws IllegalAccessException {
    Module here = ShapeOf.class.getModule();
    if (!here.canRead(type.getModule())) {
      here.addReads(type.getModule());
    }
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
  }

  private static List<String> formerly(AnnotatedElement element) {
    Formerly formerly = element.getAnnotation(Formerly.class);
    return formerly == null ? List.of() : List.of(formerly.value());
  }

  private static boolean isNullable(AnnotatedElement element) {
    for (Annotation annotation : element.getAnnotations()) {
      if (annotation.annotationType().getSimpleName().equals("Nullable")) {
        return true;
      }
    }
    return false;
  }

  private static IllegalArgumentException unsupported(Type type) {
    return new IllegalArgumentException(
        type.getTypeName()
            + " cannot be stored: use a record, an enum, a sealed interface of records, a string, a"
            + " number, or a list, set, map or optional of these");
  }

  /** Defaults written in annotations. */
  private static final class Defaults {
    private static Object parse(RecordComponent component, Shape shape, String text) {
      @Nullable Object value = null;
      try {
        value =
            switch (shape) {
              case Shape.Scalar scalar -> scalar(scalar.schema(), text);
              case Shape.Constants constants ->
                  constants.constants().stream()
                      .filter(constant -> constant.name().equals(text))
                      .findFirst()
                      .orElse(null);
              default -> null;
            };
      } catch (IllegalArgumentException | java.time.format.DateTimeParseException e) {
        // reported below, with the component's name
      }
      if (value == null) {
        throw new IllegalArgumentException(
            "@OrElse(\""
                + text
                + "\") does not fit component "
                + component.getName()
                + " of "
                + component.getDeclaringRecord().getName());
      }
      return value;
    }

    private static @Nullable Object scalar(Schema.Simple schema, String text) {
      return switch (schema) {
        case BOOLEAN ->
            (text.equals("true") || text.equals("false")) ? Boolean.valueOf(text) : null;
        case BYTE -> Byte.valueOf(text);
        case SHORT -> Short.valueOf(text);
        case INT -> Integer.valueOf(text);
        case LONG -> Long.valueOf(text);
        case CHAR -> text.length() == 1 ? text.charAt(0) : null;
        case FLOAT -> Float.valueOf(text);
        case DOUBLE -> Double.valueOf(text);
        case STRING -> text;
        case INSTANT -> Instant.parse(text);
        case DATE -> LocalDate.parse(text);
        case DURATION -> Duration.parse(text);
        case UUID -> java.util.UUID.fromString(text);
        case BYTES -> null;
      };
    }
  }
}
