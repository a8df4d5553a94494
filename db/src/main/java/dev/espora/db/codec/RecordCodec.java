package dev.espora.db.codec;

/** The default codec: {@link ShapeOf} reads the type once, the rest follows the shape. */
final class RecordCodec<T> implements Codec<T> {
  private final Class<T> type;
  private final Shape shape;
  private final Schema schema;
  private final ValueWriter writer;

  RecordCodec(Class<T> type) {
    this.type = boxed(type);
    this.shape = new ShapeOf().shape(type);
    this.schema = shape.schema();
    this.writer = ValueWriter.of(shape);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public void encode(T value, Output out) {
    writer.write(value, out);
  }

  @Override
  public Decoder<T> decoder(Schema written) {
    Decoder<Object> decoder =
        SchemaReader.withinStack(new DecoderOf(type.getSimpleName()).decoder(shape, written));
    return in -> type.cast(decoder.decode(in));
  }

  @SuppressWarnings("unchecked")
  private static <T> Class<T> boxed(Class<T> type) {
    return (Class<T>) java.lang.invoke.MethodType.methodType(type).wrap().returnType();
  }
}
