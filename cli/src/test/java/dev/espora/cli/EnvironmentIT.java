package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of {@code up} one by one, told what to do by the contest's environment variables. */
class EnvironmentIT {
  @TempDir Path directory;

  @Test
  void peopleInMemoryAreForgottenAndDoNotMindTheBanksVariables() throws Exception {
    Map<String, String> environment =
        Map.of("ESPORA_MEDIUM", "memory", "ESPORA_ACCOUNTS", "/nonexistent");
    for (int run = 1; run <= 2; run++) {
      String address = "127.0.0.1:" + Espora.freePort();
      try (Running serve =
              Running.start(
                  directory, List.of(), environment, "serve", "people", "--listen", address);
          Client client = new Client(Integer.parseInt(address.substring(10)))) {
        assertThat(client.count()).isZero();
        String ana = "{\"apelido\": \"ana\", \"nome\": \"Ana\", \"nascimento\": \"2000-01-31\"}";
        Answer created = client.register(ana);
        assertThat(created.status()).isEqualTo(201);
        assertThat(client.get(created.location()).body()).contains("\"ana\"");
        assertThat(client.search("AN").body()).contains("\"ana\"");
        assertThat(client.register(ana).status()).isEqualTo(422);
        assertThat(serve.output()).contains("ready " + address + "\n");
        assertThat(serve.stop()).isZero();
      }
    }
  }

  @Test
  void whatUpDecidesForItsPartsNoVariableOfTheirsOverrules() throws Exception {
    Map<String, String> theirs =
        Map.of(
            "ESPORA_MEDIUM", "memory",
            "ESPORA_ADMIN", "127.0.0.1:" + Espora.freePort(),
            "ESPORA_LISTEN", "127.0.0.1:1",
            "ESPORA_POLICY", "whatever",
            "UPSTREAMS", "/nonexistent");
    String data = directory.resolve("data").toString();
    for (int run = 1; run <= 2; run++) {
      int port = Espora.freePort();
      List<String> command =
          List.of(Espora.PROGRAM.toString(), "up", "bank", "--data", data, "--port", "" + port);
      try (Up up = Up.start(directory, port, command, theirs);
          Client first = up.connect("bank-1");
          Client second = up.connect("bank-2")) {
        assertThat(first.transaction(1, 1, 'c', "one").number("saldo")).isEqualTo(2L * run - 1);
        assertThat(second.transaction(1, 1, 'c', "two").number("saldo")).isEqualTo(2L * run);
        assertThat(up.stop()).isZero();
      }
    }
  }

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
    try (Running serve = Running.start(directory, List.of(), instance, "serve", "bank")) {
      assertThat(serve.output()).contains("ready unix:" + socket + "\n");
      try (Running balance = Running.start(directory, List.of(), balancer, "balance");
          Client client = new Client(port);
          Client health = new Client(admin)) {
        assertThat(balance.output()).contains("ready 127.0.0.1:" + port + "\n");
        assertThat(client.transaction(1, 1, 'c', "relayed").status()).isEqualTo(200);
        assertThat(health.get("/health").status()).isEqualTo(200);
        assertThat(Files.getPosixFilePermissions(Path.of(socket)))
            .containsExactlyInAnyOrder(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        assertThat(balance.stop()).isZero();
      }
      Espora.Outcome other =
          Espora.run(directory, "serve", "bank", "--data", data, "--listen", "127.0.0.1:0");
      assertThat(other.status()).as("another durability").isEqualTo(1);
      assertThat(other.err()).startsWith("espora: ").contains("another durability");
      assertThat(serve.stop()).isZero();
    }
    assertThat(Path.of(socket)).doesNotExist();
  }
}
