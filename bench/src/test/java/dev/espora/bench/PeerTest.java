package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.bench.peers.Entries;
import dev.espora.bench.peers.KeyValueEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every engine keeps what it is given. */
class PeerTest {
  private static final Entries ENTRIES = new Entries(300);

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FLOOR")
  void everyEngineFindsAgainWhatWasPut(Peer peer) throws Exception {
    try (KeyValueEngine engine = peer.open(directory)) {
      engine.load(ENTRIES);
      engine.put(ENTRIES.key(7), ENTRIES.value(8));

      assertThat(engine.get(ENTRIES.key(7))).isEqualTo(ENTRIES.value(8));
      assertThat(engine.get("absent")).isNull();
    }
    try (KeyValueEngine reopened = peer.open(directory)) {
      assertThat(reopened.get(ENTRIES.key(7))).isEqualTo(ENTRIES.value(8));
      assertThat(reopened.get(ENTRIES.key(299))).isEqualTo(ENTRIES.value(299));
    }
  }
}
