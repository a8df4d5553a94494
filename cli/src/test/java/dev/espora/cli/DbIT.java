package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.espora.http.Json;
import dev.espora.http.JsonValue;
import dev.espora.http.JsonValue.JsonArray;
import dev.espora.http.JsonValue.JsonInteger;
import dev.espora.http.JsonValue.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code espora db} on a database of the bank, beside the instance that writes it and without. */
class DbIT {
  private static final int MOVEMENTS = 20;

  @TempDir Path directory;

  private Path data = Path.of("");
  private Process serve;
  private int port;

  @BeforeEach
  void startTheBank() throws Exception {
    data = directory.resolve("bank");
    port = Espora.freePort();
    Path out = directory.resolve("serve.out");
    List<String> command =
        List.of(
            Espora.PROGRAM.toString(),
            "serve",
            "bank",
            "--listen",
            "127.0.0.1:" + port,
            "--data",
            data.toString());
    serve = Espora.builder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    await()
        .atMost(Duration.ofSeconds(30))
        .failFast("ended", () -> !serve.isAlive())
        .until(() -> Files.readString(out).contains("ready "));
    transact(1, MOVEMENTS);
    transact(2, 1);
  }

  @AfterEach
  void stopTheBank() throws Exception {
    serve.destroy();
    assertThat(serve.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private void transact(int account, int count) throws IOException {
    try (Client client = new Client(port)) {
      for (int i = 0; i < count; i++) {
        assertThat(client.transaction(account, 10, 'c', "payment").status()).isEqualTo(200);
      }
    }
  }

  private Espora.Outcome db(int status, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("db"));
    all.addAll(List.of(arguments));
    Espora.Outcome outcome = Espora.run(directory, all.toArray(String[]::new));
    assertThat(outcome.status()).as("%s: %s", all, outcome.err()).isEqualTo(status);
    return outcome;
  }

  private static JsonObject json(String text) {
    return (JsonObject) Json.read(text.strip().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonValue member(JsonObject object, String name) {
    return Objects.requireNonNull(object.members().get(name), name);
  }

  private static List<JsonObject> objects(JsonObject object, String name) {
    return ((JsonArray) member(object, name))
        .elements().stream().map(JsonObject.class::cast).toList();
  }

  @Test
  void besideAnInstanceThatWrites() throws Exception {
    JsonObject stat = json(db(0, "stat", data.toString(), "--json").out());
    assertThat(member(stat, "condition")).isEqualTo(new JsonValue.JsonString("open"));
    JsonObject account = objects(stat, "partitions").getFirst();
    assertThat(member(account, "events")).isEqualTo(new JsonInteger(MOVEMENTS));
    assertThat(member(account, "openers")).isEqualTo(new JsonInteger(1));

    assertThat(db(0, "verify", data.toString()).out()).contains("sound: partitions 3");
    List<String> dumped = db(0, "dump", data.toString(), "account-1").out().lines().toList();
    assertThat(dumped).hasSize(MOVEMENTS);
    assertThat(json(dumped.get(7)).members()).containsEntry("sequence", new JsonInteger(7));
    assertThat(dumped.get(7)).contains("\"description\":\"payment\"").contains("\"key\":null");
    assertThat(db(0, "tail", data.toString(), "account-1", "--count", "3").out().lines())
        .isEqualTo(dumped.subList(MOVEMENTS - 3, MOVEMENTS));

    Path copy = directory.resolve("copy");
    db(0, "backup", data.toString(), "--output", copy.toString());
    assertThat(db(1, "backup", data.toString(), "--output", copy.toString()).err())
        .contains("not an empty directory");
    assertThat(db(1, "salvage", data.toString()).err()).contains("is open in a process");
    transact(1, 1);
    stopTheBank();
    Path again = directory.resolve("again");
    JsonObject restored =
        json(db(0, "restore", copy.toString(), "--output", again.toString(), "--json").out());
    assertThat(member(objects(restored, "partitions").getFirst(), "records"))
        .isEqualTo(new JsonInteger(MOVEMENTS));
    assertThat(db(0, "verify", again.toString()).out()).contains("sound: ");
  }

  @Test
  void followingPrintsWhatIsAddedUntilItIsStopped() throws Exception {
    Path out = directory.resolve("tail.out");
    List<String> command =
        List.of(
            Espora.PROGRAM.toString(), "db", "tail", data.toString(), "--count", "1", "--follow");
    Process tail =
        Espora.builder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> lines(out) == 3);
      transact(1, 2);
      transact(3, 1); // a partition that was not there before
      await().atMost(Duration.ofSeconds(20)).until(() -> lines(out) == 6);
      tail.destroy();
      assertThat(tail.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(tail.exitValue()).isZero();
    } finally {
      tail.destroyForcibly();
    }
  }

  private static long lines(Path file) throws IOException {
    return Files.readString(file).chars().filter(c -> c == '\n').count();
  }

  @Test
  void damageIsFoundRefusedAndSalvaged() throws Exception {
    stopTheBank();
    Path segment = data.resolve("partitions/account-1/0000000000000000.log");
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      file.seek(300);
      int old = file.read();
      file.seek(300);
      file.write(old ^ 4);
    }
    Map<Path, String> before = contents(data);
    Espora.Outcome verified = db(1, "verify", data.toString(), "--json");
    assertThat(verified.err()).startsWith("espora: " + segment + " is corrupt at byte ");
    JsonObject damage = objects(json(verified.out()), "damages").getFirst();
    assertThat(member(damage, "file")).isEqualTo(new JsonValue.JsonString(segment.toString()));
    assertThat(db(1, "backup", data.toString()).err()).contains("is corrupt at byte");
    assertThat(db(1, "restore", data.toString()).err()).contains("is corrupt at byte");

    JsonObject salvage = json(db(0, "salvage", data.toString(), "--json").out());
    assertThat(objects(salvage, "dropped")).hasSize(1);
    assertThat(contents(data)).isEqualTo(before);
    Path salvaged = directory.resolve("bank.salvaged");
    assertThat(db(0, "dump", salvaged.toString(), "account-1").out().lines())
        .hasSize(MOVEMENTS - 1);
    assertThat(db(0, "compact", salvaged.toString(), "account-1").out()).contains("nothing to do");
  }

  private static Map<Path, String> contents(Path directory) throws IOException {
    Map<Path, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            file,
            Files.getLastModifiedTime(file)
                + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  @Test
  void whatCannotBePrintedIsNoSuccess() throws Exception {
    for (String command : List.of("stat", "verify", "dump", "tail")) {
      Espora.Outcome outcome =
          Espora.runPrefixed(
              directory,
              List.of("sh", "-c", "\"$@\" > /dev/full", "sh"),
              "db",
              command,
              data.toString());
      assertThat(outcome.status()).as(command).isEqualTo(1);
      assertThat(outcome.err()).as(command).contains("not complete: No space left on device");
    }
  }

  @Test
  void wrongUseIsSaid() throws Exception {
    assertThat(db(2).err()).contains("a command is missing");
    assertThat(db(2, "stat").err()).contains("DIR");
    assertThat(db(1, "stat", directory.resolve("none").toString()).err()).contains("not exist");
    assertThat(db(1, "verify", directory.toString()).err()).contains("no Espora database");
    assertThat(db(2, "stat", "none.properties").err()).startsWith("espora: none.properties");
    assertThat(db(1, "dump", data.toString(), "nobody").err()).contains("no partition nobody");
    assertThat(db(0, "verify", "--help").out()).contains("Examples:");
  }
}
