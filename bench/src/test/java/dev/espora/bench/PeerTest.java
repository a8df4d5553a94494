package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

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
    try (KeyValueEngine engine = open(peer)) {
      engine.load(ENTRIES);
      engine.put(ENTRIES.key(7), ENTRIES.value(8));

      assertThat(engine.get(ENTRIES.key(7))).isEqualTo(ENTRIES.value(8));
      assertThat(engine.get("absent")).isNull();
    }
    try (KeyValueEngine reopened = open(peer)) {
      assertThat(reopened.get(ENTRIES.key(7))).isEqualTo(ENTRIES.value(8));
      assertThat(reopened.get(ENTRIES.key(299))).isEqualTo(ENTRIES.value(299));
    }
  }

  private KeyValueEngine open(Peer peer) throws Exception {
    try {
      return peer.open(directory);
    } catch (IllegalStateException e) {
      assumeFalse(peer == Peer.POSTGRESQL, "no server starts here: " + e.getMessage());
      throw e;
    }
  }
}
