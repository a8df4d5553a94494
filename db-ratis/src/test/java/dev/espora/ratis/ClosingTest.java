package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.db.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that has nobody to talk to. */
class ClosingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void aNodeWithoutAMajoritySaysWhomItDoesNotReachAndClosesWithoutAWord() {
    NodeConfig config =
        new Cluster(directory, 3).config(1).withWaits(Duration.ofSeconds(2), Duration.ofSeconds(1));
    try (Logged log = Logged.start()) {
      assertThatExceptionOfType(DatabaseException.Busy.class)
          .isThrownBy(() -> RatisNode.start(config).close())
          .withMessageContaining("no answer from a majority within ")
          .withMessageContaining("n2 at " + config.peers().get("n2") + " cannot be reached: ")
          .withMessageContaining("n3 at " + config.peers().get("n3") + " cannot be reached: ");
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void aNodeThatCannotStartLetsGoOfItsPort() throws Exception {
    NodeConfig config = new Cluster(directory, 1).config(1);
    NodeDirectory.create(config, 1);
    Path copy = Files.createFile(config.data().resolve("copy-0")); // where a directory belongs
    assertThatException().isThrownBy(() -> RatisNode.start(config));
    Files.delete(copy);
    RatisNode.start(config).close();
  }

  @Test
  void aNodeThatHasLostItsMajorityClosesWithoutAWord() throws Exception {
    List<RatisNode> nodes = Cluster.start(new Cluster(directory, 3).configs());
    try (Database last = Database.open(Prefixed.medium(nodes.getLast(), ""), Options.DEFAULTS)) {
      Store<String, String> store = last.store("store", String.class, String.class);
      store.put("key", "value");
      nodes.removeFirst().close();
      nodes.removeFirst().close();
      RatisLog.nodeStarts(); // as if they had been processes of their own
      try (Logged log = Logged.start()) {
        var unanswered = store.async().put("key", "other");
        nodes.getFirst().close();
        assertThat(unanswered).failsWithin(PATIENCE);
        assertThat(log.lines()).isEmpty();
      }
    }
  }
}
