package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of three nodes comes back with what it cannot start with; the other two go on. */
class DamagedNodeIT {
  private static final int NODES = 3;

  /** Amid the entries of a log that many transactions were written to. */
  private static final int DAMAGED_BYTE = 1500;

  @TempDir Path directory;
  private final List<Running> nodes = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();

  private Path configure(int node, List<Integer> raft, String... more) throws IOException {
    List<String> lines = new ArrayList<>(List.of(more));
    lines.add("node=n" + node);
    lines.add("data=n" + node);
    lines.add("groups=1");
    lines.add("peers=n1=127.0.0.1:%d,n2=127.0.0.1:%d,n3=127.0.0.1:%d".formatted(raft.toArray()));
    return Files.write(directory.resolve("n" + node + ".properties"), lines);
  }

  private String[] serve(int node) {
    return new String[] {
      "serve",
      "bank",
      "--listen",
      "127.0.0.1:" + ports.get(node - 1),
      "--medium",
      "ratis:" + directory.resolve("n" + node + ".properties")
    };
  }

  @AfterEach
  void end() {
    nodes.forEach(Running::close);
  }

  @Test
  void itSaysWhatIsDamagedAndEndsWhileTheOthersServe() throws Exception {
    List<Integer> raft = new ArrayList<>();
    for (int node = 1; node <= NODES; node++) {
      ports.add(Espora.freePort());
      raft.add(Espora.freePort());
    }
    for (int node = 1; node <= NODES; node++) {
      configure(node, raft, "start=new");
    }
    startAll();
    for (int count = 1; count <= 40; count++) {
      assertServes(1 + count % NODES, count);
    }
    Running third = nodes.removeLast();
    third.close(); // kill -9
    Path log = openLog(directory.resolve("n3"));
    flip(log);
    configure(NODES, raft);
    assertFails(log + " is corrupt at byte ", "were agreed on");
    configure(NODES, raft, "tls.certificate=c.pem", "tls.key=k.pem", "tls.trust=t.pem");
    assertFails("n3.properties: tls.certificate: " + directory.resolve("c.pem"), "does not exist");
    assertServes(1, 41);
    assertServes(2, 42);
  }

  private void startAll() throws Exception {
    try (ExecutorService executor = Executors.newCachedThreadPool()) {
      List<Future<Running>> starting = new ArrayList<>();
      for (int node = 1; node <= NODES; node++) {
        String[] arguments = serve(node);
        starting.add(executor.submit(() -> Running.start(directory, arguments)));
      }
      for (Future<Running> each : starting) {
        nodes.add(each.get());
      }
    }
  }

  private void assertServes(int node, int balance) throws IOException {
    try (Client client = new Client(ports.get(node - 1))) {
      Answer answer = client.transaction(1, 1, 'c', "damaged");
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(answer.number("saldo")).isEqualTo(balance);
    }
  }

  private void assertFails(String... parts) throws IOException, InterruptedException {
    Espora.Outcome outcome = Espora.run(directory, serve(NODES));
    assertThat(outcome.status()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).startsWith("espora: ").contains(parts);
  }

  private static Path openLog(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("raft"))) {
      return files
          .filter(each -> each.getFileName().toString().startsWith("log_inprogress_"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void flip(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(DAMAGED_BYTE);
      int before = file.read();
      file.seek(DAMAGED_BYTE);
      file.write(before ^ 1);
    }
  }
}
