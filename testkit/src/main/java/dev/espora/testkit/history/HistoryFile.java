package dev.espora.testkit.history;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records operations in a file, so that they outlive a process that is killed: an invocation is in
 * the file before the operation begins, an answer before the caller goes on.
 *
 * <p>The file is for one run of a test, and goes away with it: its bytes are no format to keep.
 */
public final class HistoryFile<I, O> implements Recorder<I, O>, AutoCloseable {
  private static final int HEADER_BYTES = 4;

  /** What a record says. */
  private static final int BEGUN = 0;

  private static final int RETURNED = 1;
  private static final int FAILED = 2;

  private final FileOutputStream file;
  private final Codec<I> inputs;
  private final Codec<O> outputs;
  private long next;

  /**
   * Begins a file.
   *
   * @param inputs the type of what is asked, one that {@link Codec#of} takes
   * @param outputs the type of what is answered, as well
   */
  public HistoryFile(Path file, Class<I> inputs, Class<O> outputs) throws IOException {
    this.inputs = Codec.of(inputs);
    this.outputs = Codec.of(outputs);
    this.file = new FileOutputStream(file.toFile());
  }

  @Override
  public Call<O> begin(String caller, I input) {
    long number = begun(caller, input);
    return new Call<>() {
      @Override
      public void returned(O output) {
        Output out = record(RETURNED, number, System.nanoTime());
        outputs.encode(output, out);
        write(out);
      }

      @Override
      public void failed() {
        write(record(FAILED, number, System.nanoTime()));
      }
    };
  }

  private synchronized long begun(String caller, I input) {
    Output out = record(BEGUN, next, System.nanoTime());
    out.writeString(caller);
    inputs.encode(input, out);
    write(out);
    return next++;
  }

  private static Output record(int kind, long number, long nanos) {
    Output out = new Output(64);
    out.writeInt(0); // its length, filled in at the end
    out.writeByte(kind);
    out.writeLong(number);
    out.writeLong(nanos);
    return out;
  }

  /** With one call, so that a process is hardly ever killed in the middle of a record. */
  private synchronized void write(Output out) {
    out.setInt(0, out.size());
    try {
      file.write(out.array(), 0, out.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * Reads what a process recorded, alive or not. An operation without an end has an unknown
   * outcome; half a record at the end of the file was never written.
   */
  public static <I, O> List<Operation<I, O>> read(Path file, Class<I> inputs, Class<O> outputs)
      throws IOException {
    Codec<I> input = Codec.of(inputs);
    Codec<O> output = Codec.of(outputs);
    Codec.Decoder<I> inputDecoder = input.decoder(input.schema());
    Codec.Decoder<O> outputDecoder = output.decoder(output.schema());
    Map<Long, Operation<I, O>> operations = new LinkedHashMap<>();
    byte[] bytes = Files.readAllBytes(file);
    int at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      int length = new Input(bytes, at, HEADER_BYTES).readInt();
      if (length > bytes.length - at) {
        break;
      }
      Input in = new Input(bytes, at + HEADER_BYTES, length - HEADER_BYTES);
      int kind = in.readByte();
      long number = in.readLong();
      long nanos = in.readLong();
      if (kind == BEGUN) {
        String caller = in.readString();
        operations.put(
            number,
            new Operation<>(
                caller, inputDecoder.decode(in), new Outcome.Unknown<>(), nanos, Long.MAX_VALUE));
      } else {
        Outcome<O> outcome =
            kind == FAILED
                ? new Outcome.Failed<>()
                : new Outcome.Returned<>(outputDecoder.decode(in));
        operations.computeIfPresent(
            number,
            (_, begun) ->
                new Operation<>(
                    begun.caller(), begun.input(), outcome, begun.invokedNanos(), nanos));
      }
      at += length;
    }
    return new ArrayList<>(operations.values());
  }
}
