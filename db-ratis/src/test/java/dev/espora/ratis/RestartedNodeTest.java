package dev.espora.ratis;

import dev.espora.db.Medium;
import dev.espora.testkit.MediumContract;
import dev.espora.testkit.ReleaseContract;
import dev.espora.testkit.SnapshotContract;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of one, started anew by every opening. {@code -Despora.contract=all} runs it, since
 * that takes a minute or two.
 */
@EnabledIfSystemProperty(named = "espora.contract", matches = "all")
class RestartedNodeTest implements MediumContract, SnapshotContract, ReleaseContract {
  @TempDir Path directory;
  private Cluster cluster = new Cluster(Path.of("none"), 1);

  @BeforeEach
  void begin() {
    cluster = new Cluster(directory, 1);
  }

  @Override
  public Medium medium() {
    NodeConfig config = cluster.config(1);
    boolean known = Files.exists(config.data().resolve("node"));
    return new RatisMedium(known ? config.withStart(NodeConfig.Start.EXISTING) : config);
  }
}
