package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.codec.Codec;
import dev.espora.db.codec.Output;
import org.junit.jupiter.api.Test;

class EngineLogTest {

  @Test
  void recordsAreAsLongAsThoseOfTheFloor() {
    Output out = new Output(AppendLog.RECORD_BYTES);
    Codec.of(EngineLog.Entry.class).encode(EngineLog.Entry.OF_RECORD_SIZE, out);

    assertThat(out.size()).isEqualTo(AppendLog.RECORD_BYTES);
  }
}
