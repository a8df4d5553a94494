package dev.espora.ratis;

import dev.espora.db.Medium;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes in this JVM, which go on from test to test: each test has partitions of its own. What
 * a medium is here is one node; its peer is another one.
 */
abstract class ThreeNodes {
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final List<Medium.Journals> NODES = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    NODES.addAll(Cluster.start(new Cluster(directory, 3).configs()));
  }

  @AfterAll
  static void stop() throws Exception {
    Cluster.close(NODES);
    NODES.clear(); // another class begins anew
  }

  private String prefix = "";

  @BeforeEach
  void begin() {
    prefix = "t" + TESTS.incrementAndGet() + "-";
  }

  /** All nodes, of which one leads. */
  List<Medium> mediums() {
    return NODES.stream().map(each -> Prefixed.medium(each, prefix)).toList();
  }

  public Medium medium() {
    return Prefixed.medium(NODES.get(0), prefix);
  }

  public Medium peer() {
    return Prefixed.medium(NODES.get(1), prefix);
  }
}
