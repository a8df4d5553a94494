package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks nodes is a short program, or a node that has not begun. */
class NodeClientTest {
  /** Netty waits for two, and that each time; what else holds a test up comes and goes. */
  private static final Duration STRAGGLERS = Duration.ofSeconds(2);

  private static final int CLOSINGS = 3;

  @TempDir Path directory;

  @Test
  void closingWaitsForNoStragglers() {
    NodeConfig config = new Cluster(directory, 1).config(1);
    assertThat(
            Stream.generate(() -> closing(config))
                .limit(CLOSINGS)
                .anyMatch(took -> took.compareTo(STRAGGLERS) < 0))
        .isTrue();
  }

  /** How long it takes to close one that has asked. */
  private static Duration closing(NodeConfig config) {
    NodeClient client = new NodeClient(config);
    assertThat(client.status(RaftPeerId.valueOf("n1"), 0)).isEmpty();
    long start = System.nanoTime();
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
