package dev.espora.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerRoundsTest {
  private final List<Peer> order = new ArrayList<>();

  @Test
  void anEngineThatFailsIsOutAndTheOthersGoOn() {
    PeerRounds<Double> rounds = run(List.of(Peer.ESPORA, Peer.LMDB, Peer.MAPDB), Peer.LMDB);

    assertThat(order)
        .containsExactly(
            Peer.ESPORA, Peer.LMDB, Peer.MAPDB, Peer.MAPDB, Peer.ESPORA, Peer.ESPORA, Peer.MAPDB);
    assertThat(rounds.absences()).containsExactly("lmdb is absent: no native library");
    assertThat(rounds.present(List.of(Peer.values()))).containsExactly(Peer.ESPORA, Peer.MAPDB);
    assertThat(rounds.ratioToEspora(Peer.MAPDB, rate -> rate)).isEqualTo(1);
  }

  @Test
  void withoutEsporaThereIsNoRatio() {
    PeerRounds<Double> rounds = run(List.of(Peer.ESPORA, Peer.MAPDB), Peer.ESPORA);

    assertThat(rounds.ratioToEspora(Peer.MAPDB, rate -> rate)).isNaN();
  }

  private PeerRounds<Double> run(List<Peer> peers, Peer failing) {
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream());
    Progress progress = Progress.begin(nowhere, Settings.DEFAULTS, 9, Duration.ZERO);
    return PeerRounds.run(
        peers,
        3,
        progress,
        peer -> {
          order.add(peer);
          if (peer == failing) {
            throw new IllegalStateException("no native library");
          }
          return 5.0;
        });
  }
}
