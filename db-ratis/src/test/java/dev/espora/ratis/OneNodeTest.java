package dev.espora.ratis;

import dev.espora.db.Medium;
import dev.espora.testkit.MediumContract;
import dev.espora.testkit.ReleaseContract;
import dev.espora.testkit.SnapshotContract;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one, which goes on from test to test. */
class OneNodeTest implements MediumContract, SnapshotContract, ReleaseContract {
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static Medium.@Nullable Journals node;

  private String prefix = "";

  @BeforeAll
  static void start(@TempDir Path directory) {
    node = RatisNode.start(new Cluster(directory, 1).config(1));
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(node).close();
  }

  @BeforeEach
  void begin() {
    prefix = "t" + TESTS.incrementAndGet() + "-";
  }

  @Override
  public Medium medium() {
    return Prefixed.medium(Objects.requireNonNull(node), prefix);
  }
}
