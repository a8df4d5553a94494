package dev.espora.db.codec;

import java.util.ArrayList;
import java.util.List;

/** Derives the schema of a shape; a type inside itself becomes {@link Schema.Enclosing}. */
final class SchemaOf {
  private final List<Shape> path = new ArrayList<>();

  Schema schema(Shape shape) {
    return switch (shape) {
      case Shape.Scalar scalar -> scalar.schema();
      case Shape.Elements elements -> new Schema.Sequence(schema(elements.element()));
      case Shape.Entries entries ->
          new Schema.Mapping(schema(entries.key()), schema(entries.value()));
      case Shape.Perhaps perhaps -> new Schema.Maybe(schema(perhaps.value()));
      case Shape.Constants constants ->
          new Schema.Choice(constants.constants().stream().map(Enum::name).toList());
      case Shape.Product product -> {
        int level = path.indexOf(product);
        yield level >= 0 ? new Schema.Enclosing(path.size() - level) : fields(product);
      }
      case Shape.Sum sum -> {
        int level = path.indexOf(sum);
        yield level >= 0 ? new Schema.Enclosing(path.size() - level) : union(sum);
      }
    };
  }

  private Schema fields(Shape.Product product) {
    path.add(product);
    List<Schema.Field> fields =
        product.components.stream()
            .map(component -> new Schema.Field(component.name(), schema(component.shape())))
            .toList();
    path.removeLast();
    return new Schema.Fields(fields);
  }

  private Schema union(Shape.Sum sum) {
    path.add(sum);
    List<Schema.Field> variants =
        sum.variants.stream()
            .map(variant -> new Schema.Field(variant.name(), schema(variant.product())))
            .toList();
    path.removeLast();
    return new Schema.Union(variants);
  }
}
