package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.espora.http.Json;
import dev.espora.http.JsonValue;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code up} does with its children. */
class SupervisionIT {
  /** Of the word in a database's control block that says who has poisoned it. */
  private static final int POISONED_OFFSET = 24;

  @TempDir Path directory;

  @Test
  void childrenEndWhenTheirParentIsKilledAndTheNextUpCleansUp() throws Exception {
    Path data = directory.resolve("data");
    int port = Espora.freePort();
    Path left;
    try (Up up = Up.start(directory, data, port)) {
      left = up.runtimeDirectory();
      List<ProcessHandle> all = up.everything();
      try {
        up.process().destroyForcibly().waitFor();
        await()
            .atMost(Up.PATIENCE)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
      } finally {
        all.forEach(ProcessHandle::destroyForcibly);
      }
      assertThat(left).isEmptyDirectory();
    }
    try (Up up = Up.start(directory, data, port)) {
      assertThat(left).doesNotExist();
      assertThat(up.stop()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "HUP"})
  void otherSignalsDrainToo(String signal) throws Exception {
    try (Up up = Up.start(directory, directory.resolve("data"), Espora.freePort());
        Client client = new Client(up.port())) {
      assertThat(client.transaction(1, 1, 'c', "one").status()).isEqualTo(200);
      assumeThat(ignores(up.process(), signal))
          .as("SIG%s is ignored, as by nohup", signal)
          .isFalse();
      List<ProcessHandle> all = up.everything();
      Path sockets = up.runtimeDirectory();
      signal(signal, up.process().pid());
      assertThat(up.process().waitFor(Up.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(up.process().exitValue()).isZero();
      assertThat(all).noneMatch(ProcessHandle::isAlive);
      assertThat(sockets).doesNotExist();
      assertThat(client.closedByPeer()).isTrue();
    }
  }

  /** As a terminal does it: to all processes at once, and each of them ends when it likes. */
  @Test
  void ctrlCStopsAllAndStartsNothingAgain() throws Exception {
    int port = Espora.freePort();
    List<String> command = Up.command(Service.BANK, directory.resolve("data"), port);
    command.addFirst("setsid");
    try (Up up = Up.start(directory, port, command)) {
      assumeThat(ignores(up.process(), "INT")).as("SIGINT is ignored, as by nohup").isFalse();
      List<ProcessHandle> all = up.everything();
      long balancer = up.pid("balancer");
      List<ProcessHandle> instances = List.of(up.component("bank-1"), up.component("bank-2"));
      signal("STOP", balancer);
      signal("INT", -up.process().pid());
      await().atMost(Up.PATIENCE).until(() -> instances.stream().noneMatch(ProcessHandle::isAlive));
      signal("CONT", balancer);
      assertThat(up.process().waitFor(Up.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(up.process().exitValue()).isZero();
      assertThat(all).noneMatch(ProcessHandle::isAlive);
      assertThat(up.err()).doesNotContain("starting it again", "killing it");
    }
  }

  /** Whoever starts the tests may have it ignored, and the JVM leaves that as it is. */
  private static boolean ignores(Process process, String signal) throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    long bit = signal.equals("HUP") ? 1 : 2;
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & bit) != 0);
  }

  @Test
  void processesThatAreStuckEndBeforeUpDoes() throws Exception {
    Path data = directory.resolve("data");
    try (Up up = Up.start(directory, data, Espora.freePort(), "--drain", "0s")) {
      List<ProcessHandle> all = up.everything();
      Path sockets = up.runtimeDirectory();
      for (ProcessHandle child : up.process().descendants().toList()) {
        signal("STOP", child.pid());
      }
      assertThat(up.stop()).isZero();
      assertThat(all).noneMatch(ProcessHandle::isAlive);
      assertThat(sockets).doesNotExist();
    }
  }

  private static void signal(String signal, long pid) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + signal, "--", "" + pid).start().waitFor()).isZero();
  }

  @Test
  void aBalancerIsBackWhereItWasAlsoIfThePortWasChosen() throws Exception {
    try (Up up = Up.start(directory, directory.resolve("data"), 0)) {
      up.component("balancer").destroyForcibly();
      await().atMost(Up.PATIENCE).until(() -> up.err().contains("balancer is back"));
      try (Client client = new Client(up.port())) {
        assertThat(client.transaction(1, 1, 'c', "one").status()).isEqualTo(200);
      }
      assertThat(up.stop()).isZero();
    }
  }

  /** As long as an instance has a poisoned database open, no other one can open it. */
  @Test
  void aSlowClientHoldsNobodyUpOnceTheDatabaseIsPoisoned() throws Exception {
    Path data = directory.resolve("data");
    try (Up up = Up.start(directory, data, Espora.freePort(), "--drain", "30s");
        Client slow = up.connect("bank-2")) {
      slow.send("POST /clientes/1/transacoes HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
      try (RandomAccessFile control =
          new RandomAccessFile(data.resolve("control").toFile(), "rw")) {
        control.seek(POISONED_OFFSET);
        control.write(1);
      }
      await()
          .atMost(Up.PATIENCE)
          .until(() -> up.err().contains("bank-1 is back") && up.err().contains("bank-2 is back"));
      await("the balancer tries them again")
          .atMost(Up.PATIENCE)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(() -> {
            try (Client client = new Client(up.port())) {
              return client.transaction(1, 1, 'c', "one").status() == 200;
            }
          });
      assertThat(up.err()).doesNotContain("died");
      assertThat(up.stop()).isZero();
    }
  }

  @Test
  void instancesCanBeMany() throws Exception {
    Path data = directory.resolve("data");
    try (Up up = Up.start(directory, data, Espora.freePort(), "--instances", "3")) {
      assertThat(up.out().lines().map(line -> line.split(" ", 2)[0]))
          .containsExactly("balancer", "bank-1", "bank-2", "bank-3", "ready");
      assertThat(up.stop()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"false, --json", "true, --json", "true, --instances=2"})
  void outputCanBeJson(String variable, String option) throws Exception {
    int port = Espora.freePort();
    List<String> command = Up.command(Service.BANK, directory.resolve("data"), port, option);
    try (Up up = Up.start(directory, port, command, Map.of("ESPORA_JSON", variable))) {
      List<Map<String, String>> lines = new ArrayList<>();
      for (String line : up.out().lines().toList()) {
        lines.add(members(line));
      }
      List<String> children =
          up.process().children().map(ProcessHandle::pid).map(String::valueOf).toList();
      assertThat(lines)
          .extracting(line -> line.get("component"))
          .containsExactly("balancer", "bank-1", "bank-2", null);
      assertThat(lines.subList(0, 3))
          .extracting(line -> line.get("pid"))
          .containsExactlyInAnyOrderElementsOf(children);
      assertThat(lines.get(0)).containsEntry("address", "127.0.0.1:" + port);
      assertThat(lines.get(1).get("address")).startsWith("handoff:").endsWith("/bank-1.sock");
      assertThat(lines.get(3)).containsExactly(Map.entry("ready", "http://127.0.0.1:" + port));
      assertThat(up.stop()).isZero();
    }
  }

  /** Of one flat JSON object. */
  private static Map<String, String> members(String json) {
    JsonValue value = Json.read(json.getBytes(StandardCharsets.UTF_8));
    Map<String, String> members = new HashMap<>();
    ((JsonValue.JsonObject) value)
        .members()
        .forEach((name, member) -> members.put(name, text(member)));
    return members;
  }

  private static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.JsonString string -> string.text();
      case JsonValue.JsonInteger number -> String.valueOf(number.value());
      default -> throw new AssertionError("neither text nor an integer: " + value);
    };
  }
}
