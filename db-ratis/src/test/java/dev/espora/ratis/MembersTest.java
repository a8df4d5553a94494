package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.db.tools.NodeStat;
import dev.espora.db.tools.NodeTools;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Nodes that come, go, lag behind and are replaced; mostly they wait for each other. */
@Execution(ExecutionMode.CONCURRENT)
class MembersTest {
  private static final int KEPT = 20;

  /** A few of them fill a segment of a Raft log, so that it can be let go of. */
  private static final int VALUE_BYTES = 200_000;

  @TempDir Path directory;
  private Cluster cluster = new Cluster(Path.of("none"), 1);
  private final List<Database> open = new ArrayList<>();
  private final ExecutorService executor = Executors.newCachedThreadPool();

  @BeforeEach
  void begin() {
    cluster = new Cluster(directory, 3);
  }

  @AfterEach
  void end() throws Exception {
    Cluster.close(open);
    executor.shutdown();
  }

  private Database open(NodeConfig config) {
    Database database =
        Database.open(new RatisMedium(config.withKeptEntries(KEPT)), Options.DEFAULTS);
    synchronized (open) {
      open.add(database);
    }
    return database;
  }

  private List<Database> openAll() throws Exception {
    List<Future<Database>> starting = new ArrayList<>();
    for (int node = 1; node <= 3; node++) {
      NodeConfig config = cluster.config(node);
      starting.add(executor.submit(() -> open(config)));
    }
    List<Database> all = new ArrayList<>();
    for (Future<Database> each : starting) {
      all.add(each.get());
    }
    return all;
  }

  private void close(Database database) {
    open.remove(database);
    database.close();
  }

  private NodeTools tools(int node) {
    return NodeTools.at(cluster.config(node).data()).orElseThrow();
  }

  private static Store<Integer, byte[]> store(Database database) {
    return database.store("values", Integer.class, byte[].class);
  }

  private static byte[] value(int key) {
    byte[] value = new byte[VALUE_BYTES];
    value[0] = (byte) key;
    return value;
  }

  private static void put(Database database, int from, int to) {
    for (int key = from; key < to; key++) {
      store(database).put(key, value(key));
    }
  }

  private static void assertHolds(Database database, int keys) {
    assertThat(store(database).size()).isEqualTo(keys);
    for (int key = 0; key < keys; key++) {
      assertThat(store(database).read(key).orElseThrow().value()[0]).isEqualTo((byte) key);
    }
  }

  @Test
  void aNodeThatLacksWhatWasLetGoOfFetchesACopy() throws Exception {
    List<Database> all = openAll();
    put(all.get(0), 0, 5);
    close(all.get(2));
    put(all.get(0), 5, 150);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(tools(1).stat().subList(0, 2))
                .allSatisfy(node ->
                    assertThat(node.groups())
                        .anySatisfy(each -> assertThat(each.begin()).isGreaterThan(30))));

    Database back = open(cluster.config(3).withStart(NodeConfig.Start.EXISTING));
    assertHolds(back, 150);
    assertThat(tools(3).stat().get(2).groups())
        .as("its Raft log begins behind the copy")
        .anySatisfy(each -> assertThat(each.begin()).isGreaterThan(30));
    put(back, 150, 160);
    assertHolds(all.get(0), 160);
    close(back);
    for (boolean replaced : new boolean[] {false, true}) {
      leaveAsIfKilledWhileTakingOver(cluster.config(3), replaced);
      Database again = open(cluster.config(3).withStart(NodeConfig.Start.EXISTING));
      assertHolds(again, 160);
      close(again);
    }
  }

  /** The Raft log is gone up to where the copy is, and the snapshot is not there yet. */
  private void leaveAsIfKilledWhileTakingOver(NodeConfig config, boolean replaced)
      throws IOException {
    for (int group = 0; group < 3; group++) {
      NodeConfig settled = config.withGroups(3);
      CopyDirectory copy = CopyDirectory.of(settled, group);
      Path folder = RaftFiles.of(settled, group, false).machine();
      Path newest;
      try (Stream<Path> files = Files.list(folder)) {
        newest =
            files
                .filter(each -> each.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                .max(Comparator.comparingLong(each -> at(each).getIndex()))
                .orElse(null);
      }
      if (newest != null) {
        copy.keepArrived(new CatalogImage(Files.readAllBytes(newest), at(newest)));
        Durably.delete(folder);
        Files.createDirectory(folder);
        if (!replaced) {
          Files.move(copy.current(), copy.coming());
          Files.createDirectory(copy.current());
        }
      }
    }
  }

  private static TermIndex at(Path snapshot) {
    String[] parts = snapshot.getFileName().toString().split("[._]", 3);
    return TermIndex.valueOf(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  @Test
  void aNodeThatHasLostItsDiskIsReplacedByOneOfAnotherName() throws Exception {
    List<Database> all = openAll();
    put(all.get(0), 0, 150);
    close(all.get(1));
    Durably.delete(cluster.config(2).data());
    for (NodeConfig.Start start : NodeConfig.Start.values()) {
      assertThatExceptionOfType(DatabaseException.NotADatabase.class)
          .isThrownBy(() -> open(cluster.config(2).withStart(start)))
          .withMessageContaining("docs/replication.md");
    }

    NodeConfig fresh = cluster.joining(4);
    Future<Database> joining = executor.submit(() -> open(fresh));
    await().until(() -> NodeDirectory.isAt(fresh.data()));
    tools(1).change(Map.of("n4", cluster.address("n4")), Set.of("n2"));
    Database fourth = joining.get();
    assertHolds(fourth, 150);
    put(fourth, 150, 155);
    assertThat(tools(1).stat()).extracting(NodeStat::name).contains("n1", "n3", "n4");

    // Two of the three that there are now suffice.
    close(all.get(0));
    put(fourth, 155, 160);
    assertHolds(all.get(2), 160);
    close(fourth);
    Database first = open(cluster.config(1).withStart(NodeConfig.Start.EXISTING));
    put(first, 160, 165);
    assertHolds(all.get(2), 165);
  }

  /** Those who have just started know nothing before they have a majority. */
  @Test
  void aNodeThatHasLostItsDiskIsNotLetInByOneThatDoesNotKnowYet() throws Exception {
    List<Database> all = openAll();
    put(all.get(0), 0, 5);
    for (Database each : all) {
      close(each);
    }
    Durably.delete(cluster.config(2).data());
    Future<Database> first =
        executor.submit(() -> open(cluster.config(1).withStart(NodeConfig.Start.EXISTING)));
    awaitListening("n1");
    Future<Database> emptied =
        executor.submit(() -> open(cluster.config(2).withStart(NodeConfig.Start.NEW)));
    Future<Database> third =
        executor.submit(() -> open(cluster.config(3).withStart(NodeConfig.Start.EXISTING)));
    assertThat(emptied)
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .withCauseInstanceOf(DatabaseException.NotADatabase.class);
    assertHolds(first.get(), 5);
    assertHolds(third.get(), 5);
  }

  private void awaitListening(String node) {
    String address = cluster.address(node);
    int colon = address.lastIndexOf(':');
    await()
        .until(() -> {
          try (Socket _ =
              new Socket(
                  address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
            return true;
          } catch (ConnectException e) {
            return false;
          }
        });
  }

  @Test
  void whatCannotBeChangedIsSaidBeforeAnythingIs() throws Exception {
    List<Database> all = openAll();
    put(all.get(0), 0, 1);
    NodeTools tools = tools(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tools.change(Map.of(), Set.of("n7")))
        .withMessageContaining("there is no node n7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tools.change(Map.of("n2", "127.0.0.1:1"), Set.of()))
        .withMessageContaining("there is a node n2 at");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tools.change(Map.of("N", "127.0.0.1:1"), Set.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tools.change(Map.of(), Set.of("n1", "n2", "n3")))
        .withMessageContaining("no node would be left");
    assertThatExceptionOfType(DatabaseException.Busy.class)
        .isThrownBy(() -> tools.change(Map.of("n5", "127.0.0.1:1"), Set.of()))
        .withMessageContaining("node n5 does not answer at 127.0.0.1:1");
    put(all.get(1), 1, 2);
    assertHolds(all.get(2), 2);
  }

  @Test
  void aNodeThatIsRemovedStopsAndTheOthersGoOn() throws Exception {
    List<Database> all = openAll();
    put(all.get(0), 0, 3);
    tools(1).change(Map.of(), Set.of("n3"));
    await().atMost(Duration.ofSeconds(30)).until(all.get(2)::isPoisoned);
    put(all.get(1), 3, 6);
    assertHolds(all.get(0), 6);
    assertThat(tools(1).stat()).extracting(NodeStat::name).contains("n1", "n2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tools(1).change(Map.of("n3", cluster.address("n3")), Set.of()))
        .withMessageContaining("there was a node n3 before");
  }

  @Test
  void everyNodeSaysHowItIsDoing() throws Exception {
    List<Database> all = openAll();
    put(all.get(0), 0, 3);
    close(all.get(2));
    List<NodeStat> stats = tools(2).stat();
    assertThat(stats).extracting(NodeStat::name).containsExactly("n1", "n2", "n3");
    assertThat(stats).extracting(NodeStat::answers).containsExactly(true, true, false);
    NodeStat first = stats.get(0);
    assertThat(first.groups()).hasSize(3);
    assertThat(first.address()).isEqualTo(cluster.address("n1"));
    assertThat(first.groups()).anySatisfy(each -> assertThat(each.partitions()).hasSize(1));
    assertThat(first.groups())
        .allSatisfy(each -> {
          assertThat(each.durable()).isGreaterThanOrEqualTo(each.applied());
          assertThat(each.committed()).isGreaterThanOrEqualTo(each.applied());
        });
    for (int group = 0; group < 3; group++) {
      int number = group;
      assertThat(stats.subList(0, 2))
          .filteredOn(each -> each.groups().get(number).role().equals("leader"))
          .hasSizeLessThanOrEqualTo(1);
    }
  }
}
