package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Options;
import dev.espora.db.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One node of three has a small disk of its own. */
class FullDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int VALUE_BYTES = 64 << 10;

  @TempDir Path directory;
  private Path small;
  private boolean mounted;
  private List<RatisNode> nodes = List.of();

  @BeforeEach
  void mount() throws Exception {
    small = Files.createDirectory(directory.resolve("small"));
    mounted = runs("mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "none", small.toString());
    assumeThat(mounted).as("a small file system can be mounted").isTrue();
  }

  @AfterEach
  void unmount() throws Exception {
    Cluster.close(nodes);
    if (mounted) {
      assertThat(runs("umount", "--lazy", small.toString())).isTrue();
    }
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void aFullDiskStopsOneNodeAndTheOthersGoOnUntilItComesBack() throws Exception {
    List<NodeConfig> configs = new ArrayList<>(new Cluster(directory, 3).configs());
    configs.set(2, configs.get(2).withData(small.resolve("n3")));
    nodes = Cluster.start(configs);
    List<String> acknowledged = new ArrayList<>();
    try (Logged log = Logged.start();
        Database first = database(nodes.get(0));
        Database third = database(nodes.get(2))) {
      put(third, acknowledged);
      Path filler = fill();
      await()
          .atMost(PATIENCE)
          .until(() -> {
            put(first, acknowledged);
            return nodes.get(2).isPoisoned();
          });
      assertThatExceptionOfType(DatabaseException.Poisoned.class)
          .isThrownBy(() -> put(third, new ArrayList<>()));
      put(first, acknowledged);
      nodes.get(2).close();
      assertThat(log.lines())
          .filteredOn(line -> !line.startsWith("slow commit"))
          .singleElement()
          .satisfies(line ->
              assertThat(line)
                  .startsWith("node n3 stops: ")
                  .containsAnyOf("no space left", "No space left")
                  .endsWith("; the other nodes go on without it"));
      Files.delete(filler);
    }
    RatisNode again = RatisNode.start(configs.get(2).withStart(NodeConfig.Start.EXISTING));
    nodes.set(2, again);
    try (Database third = database(again)) {
      put(third, acknowledged);
      for (String key : acknowledged) {
        assertThat(store(third).read(key).map(Entry::value).map(String::length))
            .hasValue(VALUE_BYTES);
      }
    }
  }

  private static Database database(RatisNode node) {
    return Database.open(Prefixed.medium(node, "disk-"), Options.DEFAULTS);
  }

  private static Store<String, String> store(Database database) {
    return database.store("store", String.class, String.class);
  }

  private static void put(Database database, List<String> acknowledged) {
    String key = "key-" + acknowledged.size();
    store(database).put(key, "x".repeat(VALUE_BYTES));
    acknowledged.add(key);
  }

  /** Leaves no room. */
  private Path fill() throws IOException {
    Path filler = small.resolve("filler");
    byte[] some = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
      return filler;
    }
  }
}
