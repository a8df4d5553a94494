package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of {@code up} one by one, told what to do by the contest's environment variables. */
class EnvironmentIT {
  @TempDir Path directory;

  @Test
  void partsWorkWithTheContestsVariables() throws Exception {
    String socket = directory.resolve("1.sock").toString();
    String data = directory.resolve("data").toString();
    int port = Espora.freePort();
    int admin = Espora.freePort();
    Map<String, String> instance =
        Map.of(
            "UNIX_SOCKET",
            socket,
            "DB",
            data,
            "ESPORA_FSYNC_INTERVAL",
            "10ms",
            "ESPORA_ADMIN",
            "127.0.0.1:" + admin);
    Map<String, String> balancer = Map.of("PORT", String.valueOf(port), "UPSTREAMS", socket);
    Process serve = start(instance, "unix:" + socket, "serve", "bank");
    try {
      Process balance = start(balancer, "127.0.0.1:" + port, "balance");
      try (Client client = new Client(port);
          Client health = new Client(admin)) {
        assertThat(client.transaction(1, 1, 'c', "relayed").status()).isEqualTo(200);
        assertThat(health.get("/health").status()).isEqualTo(200);
        assertThat(Files.getPosixFilePermissions(Path.of(socket)))
            .containsExactlyInAnyOrder(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
      } finally {
        stop(balance);
      }
      Espora.Outcome other =
          Espora.run(directory, "serve", "bank", "--data", data, "--listen", "127.0.0.1:0");
      assertThat(other.status()).as("another durability").isEqualTo(1);
      assertThat(other.err()).startsWith("espora: ").contains("another durability");
    } finally {
      stop(serve);
    }
    assertThat(Path.of(socket)).doesNotExist();
  }

  private Process start(Map<String, String> environment, String address, String... arguments)
      throws IOException {
    Path out = directory.resolve(arguments[0]);
    ProcessBuilder builder = Espora.builder(new ArrayList<>());
    builder.command().add(Espora.PROGRAM.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    await()
        .atMost(Duration.ofSeconds(30))
        .failFast("ended", () -> !process.isAlive())
        .until(() -> Files.readString(out).contains("ready " + address + "\n"));
    return process;
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
  }
}
