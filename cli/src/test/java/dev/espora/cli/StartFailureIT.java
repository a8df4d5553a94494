package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot start says why, in one line, and changes nothing. */
class StartFailureIT {
  /** Of the version in the file {@code espora}, as docs/format/v1.md has it. */
  private static final int VERSION_OFFSET = 7;

  @TempDir Path directory;

  @Test
  void secondUpOnTheSameData() throws Exception {
    Path data = directory.resolve("data");
    try (Up up = Up.start(directory, data, Espora.freePort())) {
      Espora.Outcome second = up(data, Espora.freePort());
      assertFailedWith(second, "another 'up' runs on " + data, "pid " + up.process().pid());
      try (Client client = new Client(up.port())) {
        assertThat(client.transaction(1, 1, 'c', "fine").status()).isEqualTo(200);
      }
      assertThat(up.stop()).isZero();
    }
  }

  @Test
  void takenPort() throws Exception {
    Path data = directory.resolve("data");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Espora.Outcome outcome = up(data, taken.getLocalPort());
      assertFailedWith(outcome, "127.0.0.1:" + taken.getLocalPort(), "in use");
      assertThat(data).doesNotExist();
    }
  }

  @Test
  void directoryOfAnotherProgram() throws Exception {
    Path data = Files.createDirectory(directory.resolve("other"));
    Files.writeString(data.resolve("PG_VERSION"), "18\n");
    assertFailedWith(up(data, Espora.freePort()), data.toString());
    assertThat(files(data)).containsExactly("PG_VERSION");
  }

  @Test
  void newerFormat() throws Exception {
    Path data = directory.resolve("data");
    try (Up up = Up.start(directory, data, Espora.freePort())) {
      assertThat(up.stop()).isZero();
    }
    Path identity = data.resolve("espora");
    byte[] bytes = Files.readAllBytes(identity);
    bytes[VERSION_OFFSET]++;
    Files.write(identity, bytes);
    List<String> before = contents(data);
    assertFailedWith(up(data, Espora.freePort()), identity.toString(), "newer");
    assertThat(contents(data)).isEqualTo(before);
  }

  @Test
  void dataIsAFile() throws Exception {
    Path data = Files.writeString(directory.resolve("file"), "text");
    assertFailedWith(up(data, Espora.freePort()), data.toString());
    assertThat(data).hasContent("text");
  }

  @Test
  void unwritableDirectory() throws Exception {
    Path data = Files.createDirectory(directory.resolve("sealed"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-xr-xr-x"));
    boolean root = "root".equals(System.getProperty("user.name"));
    List<String> asNobody =
        root ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") : List.of();
    assumeThat(runs(asNobody, Espora.PROGRAM + " --version"))
        .as("an ordinary user can run the program")
        .isTrue();
    Espora.Outcome outcome =
        Espora.runPrefixed(
            directory,
            asNobody,
            "up",
            "bank",
            "--data",
            data.toString(),
            "--port",
            String.valueOf(Espora.freePort()));
    assertFailedWith(outcome, data.toString(), "ermission denied");
    assertThat(files(data)).isEmpty();
  }

  @Test
  void fullDiskAndOnceThereIsRoomItWorks() throws Exception {
    Path data = Files.createDirectory(directory.resolve("small"));
    assumeThat(runs(List.of(), "mount -t tmpfs -o size=64k none " + data))
        .as("a small file system can be mounted")
        .isTrue();
    try {
      assertFailedWith(up(data, Espora.freePort()), data.toString(), "space");
      assertThat(files(data)).doesNotContain("up.lock");
      assertThat(runs(List.of(), "mount -o remount,size=512m " + data)).isTrue();
      try (Up up = Up.start(directory, data, Espora.freePort());
          Client client = new Client(up.port())) {
        assertThat(client.transaction(1, 1, 'c', "fine").number("saldo")).isEqualTo(1);
        assertThat(up.stop()).isZero();
      }
    } finally {
      runs(List.of(), "umount " + data);
    }
  }

  @Test
  void brokenAccountsFile() throws Exception {
    Path accounts = Files.writeString(directory.resolve("accounts"), "1,100\nnonsense\n");
    Espora.Outcome outcome =
        Espora.run(
            directory,
            "up",
            "bank",
            "--accounts",
            accounts.toString(),
            "--data",
            directory.resolve("data").toString(),
            "--port",
            String.valueOf(Espora.freePort()));
    assertFailedWith(outcome, accounts.toString(), "line 2");
  }

  @Test
  void accountsThatCannotBeRead() throws Exception {
    Path latin1 = directory.resolve("latin1");
    Files.write(latin1, "# agência\n1,100\n".getBytes(StandardCharsets.ISO_8859_1));
    for (Path file : List.of(latin1, directory)) {
      Espora.Outcome outcome =
          Espora.run(
              directory,
              "serve",
              "bank",
              "--accounts",
              file.toString(),
              "--data",
              directory.resolve("data").toString());
      assertFailedWith(outcome, file.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fly",
        "up",
        "up castle",
        "up bank --port 70000",
        "up bank --port x",
        "up bank --instances 0",
        "up bank --durability perhaps",
        "up bank --console 9000",
        "up bank --wings",
        "up people --accounts accounts.csv",
        "serve",
        "serve people --accounts accounts.csv",
        "serve bank --listen nowhere",
        "serve bank --medium paper",
        "balance",
        "balance --upstream nowhere",
        "balance --upstream unix:/tmp/a --upstream unix:/tmp/a",
        "balance --upstream unix:/tmp/a --policy fair",
        "balance --listen unix:/tmp/l --upstream handoff:/tmp/a",
        "bench",
        "bench nothing",
        "bench engine --threads 0",
        "bench nodes --measure puts",
        "bench nodes --entries 0",
        "bench rinha",
        "bench rinha shop",
        "bench rinha bank --scale 0",
        "bench rinha bank --seconds 0",
        "bench rinha bank --target nowhere"
      })
  void wrongUsageIsTwoAndAHint(String arguments) throws Exception {
    Espora.Outcome outcome =
        Espora.run(directory, arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines())
        .hasSize(2)
        .satisfies(lines -> {
          assertThat(lines.get(0)).startsWith("espora: ");
          assertThat(lines.get(1)).contains("--help");
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "up", "serve", "balance", "bench", "bench rinha", "db"})
  void helpHasExamples(String command) throws Exception {
    Espora.Outcome outcome = Espora.run(directory, (command + " --help").strip().split(" "));
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .contains("Usage: espora", "espora " + (command.isEmpty() ? "up bank" : command + " "));
    assertThat(outcome.err()).isEmpty();
  }

  private Espora.Outcome up(Path data, int port) throws IOException, InterruptedException {
    return Espora.run(
        directory, "up", "bank", "--data", data.toString(), "--port", String.valueOf(port));
  }

  private static void assertFailedWith(Espora.Outcome outcome, String... parts) {
    assertThat(outcome.status()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).startsWith("espora: ").contains(parts);
  }

  private static List<String> files(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      return files
          .filter(file -> !file.equals(data))
          .map(file -> data.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** Names and bytes of all files, but for the lock that says who tried last. */
  private static List<String> contents(Path data) throws IOException {
    List<String> contents = new ArrayList<>();
    for (String name : files(data)) {
      Path file = data.resolve(name);
      if (Files.isRegularFile(file) && !name.equals("up.lock")) {
        contents.add(name + " " + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private static boolean runs(List<String> prefix, String command)
      throws IOException, InterruptedException {
    String line = String.join(" ", prefix) + " " + command;
    return new ProcessBuilder("sh", "-c", line + " > /dev/null 2>&1").start().waitFor() == 0;
  }
}
