package dev.espora.jmh;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Input;
import dev.espora.db.codec.Output;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A {@link Transfer} into bytes, and out of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private final Codec<Transfer> codec = Codec.of(Transfer.class);
  private final Codec.Decoder<Transfer> decoder = codec.decoder(codec.schema());
  private final Output out = new Output(256);
  private final byte[] encoded = encoded();
  private final Input in = new Input(encoded);

  private byte[] encoded() {
    Output once = new Output(256);
    codec.encode(Transfer.TYPICAL, once);
    return once.toByteArray();
  }

  @Benchmark
  public byte[] encode() {
    out.truncate(0);
    codec.encode(Transfer.TYPICAL, out);
    return out.array();
  }

  @Benchmark
  public Object decode() {
    in.reset(encoded, 0, encoded.length);
    return decoder.decode(in);
  }
}
