package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of docs/replication.md, with the packaged program. */
class NodesIT {
  @TempDir Path directory;
  private final Map<String, String> peers = new LinkedHashMap<>();
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final List<Running> running = new ArrayList<>();
  private final ExecutorService executor = Executors.newCachedThreadPool();

  @BeforeEach
  void chooseAddresses() throws IOException {
    for (String node : List.of("n1", "n2", "n3", "n4")) {
      peers.put(node, "127.0.0.1:" + Espora.freePort());
      ports.put(node, Espora.freePort());
    }
  }

  @AfterEach
  void end() {
    running.forEach(Running::close);
    executor.shutdown();
  }

  private Path file(String node, List<String> among, String start) throws IOException {
    String known =
        among.stream().map(each -> each + "=" + peers.get(each)).collect(Collectors.joining(","));
    return Files.writeString(
        directory.resolve(node + ".properties"),
        "node=%s%npeers=%s%ndata=%s%nstart=%s%n".formatted(node, known, node, start));
  }

  private Future<Running> serve(String node, Path file) {
    return executor.submit(() -> {
      Running started =
          Running.start(
              directory,
              "serve",
              "bank",
              "--listen",
              "127.0.0.1:" + ports.get(node),
              "--medium",
              "ratis:" + file);
      synchronized (running) {
        running.add(started);
      }
      return started;
    });
  }

  private Client client(String node) throws IOException {
    return new Client(Objects.requireNonNull(ports.get(node)));
  }

  private void credit(String node, int times) throws IOException {
    try (Client client = client(node)) {
      for (int i = 0; i < times; i++) {
        assertThat(client.transaction(1, 10, 'c', "payment").status()).isEqualTo(200);
      }
    }
  }

  private void assertBalance(String node, long cents) throws IOException {
    try (Client client = client(node)) {
      Answer answer = client.statement(1);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.number("total")).isEqualTo(cents);
    }
  }

  private Espora.Outcome db(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("db"));
    all.addAll(List.of(arguments));
    return Espora.run(directory, all.toArray(String[]::new));
  }

  private void lose(Path data) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(data)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }

  @Test
  void aNodeThatIsLostIsReplacedByAnother() throws Exception {
    List<String> three = List.of("n1", "n2", "n3");
    Map<String, Future<Running>> starting = new LinkedHashMap<>();
    for (String node : three) {
      starting.put(node, serve(node, file(node, three, "new")));
    }
    for (Future<Running> each : starting.values()) {
      each.get();
    }
    credit("n1", 5);
    credit("n2", 5);

    Path data = directory.resolve("n1");
    Espora.Outcome all = db("stat", data.toString());
    assertThat(all.status()).as(all.err()).isZero();
    assertThat(all.out())
        .contains("n1, " + peers.get("n1"))
        .contains("n3, " + peers.get("n3"))
        .contains("leader in term")
        .contains("partition account-1, to ")
        .doesNotContain("does not answer");

    Objects.requireNonNull(starting.get("n2")).get().close(); // kill -9
    lose(directory.resolve("n2"));
    Espora.Outcome refused =
        Espora.run(
            directory,
            "serve",
            "bank",
            "--medium",
            "ratis:" + file("n2", three, "existing"),
            "--listen",
            "127.0.0.1:" + ports.get("n2"));
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("holds no data of node n2").contains("replication.md");
    assertThat(db("nodes", data.toString(), "--json").out())
        .contains("{\"name\":\"n2\",\"address\":\"" + peers.get("n2") + "\",\"answers\":false");

    Future<Running> fourth = serve("n4", file("n4", List.of("n1", "n2", "n3", "n4"), "join"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(directory.resolve("n4").resolve("node")));
    String added = "n4=" + peers.get("n4");
    Espora.Outcome replaced = db("nodes", data.toString(), "--remove", "n2", "--add", added);
    assertThat(replaced.status()).as(replaced.err()).isZero();
    Running joined = fourth.get();
    assertBalance("n4", 100);
    credit("n4", 5);
    assertBalance("n3", 150);

    Espora.Outcome again = db("nodes", data.toString(), "--add", "n2=127.0.0.1:1");
    assertThat(again.status()).isEqualTo(2);
    assertThat(again.err()).contains("there was a node n2 before");

    assertThat(joined.stop()).isZero();
    serve("n4", file("n4", List.of("n1", "n3", "n4"), "existing")).get();
    assertBalance("n4", 150);
  }

  @Test
  void whoAsksForNodesThatAreNotThereIsTold() throws Exception {
    Espora.Outcome nothing = db("nodes", directory.resolve("none").toString());
    assertThat(nothing.status()).isEqualTo(1);
    assertThat(nothing.err())
        .contains("is neither the directory of a node nor a file that describes one");
    Path file = file("n1", List.of("n1"), "existing");
    Espora.Outcome silent = db("nodes", file.toString());
    assertThat(silent.status()).isZero();
    assertThat(silent.out()).isEqualTo("n1, " + peers.get("n1") + ": does not answer\n");
    Espora.Outcome unchanged = db("nodes", file.toString(), "--remove", "n1");
    assertThat(unchanged.status()).isEqualTo(1);
    assertThat(unchanged.err()).contains("none of the nodes answers");
  }
}
