package dev.espora.fuzz;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Formerly;
import dev.espora.db.codec.IncompatibleException;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.MalformedException;
import dev.espora.db.codec.OrElse;
import dev.espora.db.codec.Output;
import dev.espora.db.codec.Removed;
import dev.espora.db.codec.Schema;
import dev.espora.db.codec.SchemaReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The typed codec: any value comes back equal; any bytes under any stored schema are a value, which
 * then comes back equal too, or {@link MalformedException}, or {@link IncompatibleException}.
 */
public final class CodecTarget {
  enum Color {
    RED,
    GREEN,
    BLUE
  }

  sealed interface Form {
    record Circle(int radius) implements Form {}

    record Box(Form inner, long side) implements Form {}

    record Empty() implements Form {}
  }

  record Tree(String name, List<Tree> children) {}

  record Scalars(
      boolean flag, byte octet, short small, int number, long large, char letter, UUID id) {}

  record Floats(float single, double twice) {}

  record Times(Instant at, LocalDate day, Duration lasts) {}

  @Removed("obsolete")
  record Everything(
      Scalars scalars,
      Times times,
      @Formerly("title") String name,
      List<String> words,
      Set<Integer> numbers,
      Map<String, Color> colors,
      Optional<Form> form,
      @Nullable Tree tree,
      @OrElse("7") int added) {}

  private static final List<Codec<?>> CODECS =
      List.of(
          Codec.of(Everything.class),
          Codec.of(Tree.class),
          Codec.of(Form.class),
          Codec.of(Scalars.class),
          Codec.of(Floats.class),
          Codec.of(Times.class),
          Codec.of(String.class),
          Codec.of(Long.class));

  private static final List<Color> COLORS = List.of(Color.values());
  private static final int MOST_DEPTH = 20;

  private CodecTarget() {}

  public static void fuzzerTestOneInput(byte[] input) {
    Choices choices = new Choices(input);
    switch (choices.below(4)) {
      case 0 -> decode(CODECS.get(choices.below(CODECS.size())), choices.rest());
      case 1 -> roundTrip(Codec.of(Everything.class), everything(choices));
      case 2 -> underStoredSchema(CODECS.get(choices.below(CODECS.size())), choices);
      default -> underAnySchema(choices);
    }
  }

  /** Bytes that no encoder wrote, perhaps. */
  private static <T> void decode(Codec<T> codec, byte[] bytes) {
    T value;
    try {
      value = codec.decoder(codec.schema()).decode(new Input(bytes));
    } catch (MalformedException e) {
      return;
    }
    roundTripWithinStack(codec, value);
  }

  /** What could just be decoded may nest too deeply to be encoded or compared on the same stack. */
  private static <T> void roundTripWithinStack(Codec<T> codec, T value) {
    try {
      roundTrip(codec, value);
    } catch (StackOverflowError e) {
      // the thread's stack is at fault, not the value
    }
  }

  private static <T> void roundTrip(Codec<T> codec, T value) {
    Output out = new Output(64);
    codec.encode(value, out);
    Input in = new Input(out.toByteArray());
    T back = codec.decoder(codec.schema()).decode(in);
    if (!back.equals(value) || in.remaining() > 0) {
      throw new AssertionError(value + " came back as " + back);
    }
    SchemaReader.of(codec.schema()).decode(new Input(out.toByteArray()));
  }

  /** The text of a schema that was damaged a little, so that much of it still fits. */
  private static <T> void underStoredSchema(Codec<T> codec, Choices choices) {
    StringBuilder text = new StringBuilder(codec.schema().toString());
    for (int edits = choices.below(4); edits > 0; edits--) {
      int at = choices.below(text.length());
      char c = (char) (choices.next() & 0x7F);
      switch (choices.below(3)) {
        case 0 -> text.setCharAt(at, c);
        case 1 -> text.insert(at, c);
        default -> text.delete(at, Math.min(text.length(), at + 1 + choices.below(16)));
      }
      if (text.isEmpty()) {
        return;
      }
    }
    under(text.toString(), codec, choices.rest());
  }

  private static void underAnySchema(Choices choices) {
    String text = new String(choices.take(choices.next()), StandardCharsets.ISO_8859_1);
    under(text, CODECS.get(choices.below(CODECS.size())), choices.rest());
  }

  private static <T> void under(String text, Codec<T> codec, byte[] bytes) {
    Schema schema;
    try {
      schema = Schema.parse(text);
    } catch (MalformedException e) {
      return;
    }
    if (!Schema.parse(schema.toString()).equals(schema)) {
      throw new AssertionError(text + " is read as " + schema + ", which is read otherwise");
    }
    try {
      SchemaReader.of(schema).decode(new Input(bytes));
    } catch (MalformedException | IncompatibleException e) {
      // as promised
    }
    T value;
    try {
      value = codec.decoder(schema).decode(new Input(bytes));
    } catch (MalformedException | IncompatibleException e) {
      return;
    }
    roundTripWithinStack(codec, value);
  }

  private static Everything everything(Choices in) {
    List<String> words = new ArrayList<>();
    Map<String, Color> colors = new LinkedHashMap<>();
    for (int i = in.below(8); i > 0; i--) {
      words.add(in.nextText());
      colors.put(in.nextText(), COLORS.get(in.below(3)));
    }
    Scalars scalars =
        new Scalars(
            in.nextBoolean(),
            (byte) in.next(),
            (short) in.nextInt(),
            in.nextInt(),
            in.nextLong(),
            (char) in.nextInt(),
            new UUID(in.nextLong(), in.nextLong()));
    Times times =
        new Times(
            Instant.ofEpochSecond(in.nextLong() >> 30, in.below(1_000_000_000)),
            LocalDate.ofEpochDay(in.nextInt()),
            Duration.ofSeconds(in.nextLong() >> 2, in.below(1_000_000_000)));
    return new Everything(
        scalars,
        times,
        in.nextText(),
        words,
        Set.of(in.nextInt()),
        colors,
        in.nextBoolean() ? Optional.of(form(in, MOST_DEPTH)) : Optional.empty(),
        in.nextBoolean() ? tree(in, MOST_DEPTH) : null,
        in.nextInt());
  }

  private static Form form(Choices in, int depth) {
    return switch (depth == 0 ? 0 : in.below(3)) {
      case 0 -> new Form.Empty();
      case 1 -> new Form.Circle(in.nextInt());
      default -> new Form.Box(form(in, depth - 1), in.nextLong());
    };
  }

  private static Tree tree(Choices in, int depth) {
    List<Tree> children = new ArrayList<>();
    for (int i = depth == 0 || in.isEmpty() ? 0 : in.below(3); i > 0; i--) {
      children.add(tree(in, depth - 1));
    }
    return new Tree(in.nextText(), children);
  }
}
