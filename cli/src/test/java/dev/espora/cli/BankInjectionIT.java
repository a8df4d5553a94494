package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bank as it is served, while one of its writes or syncs fails: the books match. */
class BankInjectionIT {
  private static final int REQUESTS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  /** What the client was told. */
  private int acknowledged;

  private int unknown;

  @ParameterizedTest
  @CsvSource({
    "fdatasync, error=EIO, ENDS",
    "pwrite64, error=ENOSPC, GOES_ON",
    "pwrite64, error=EINTR, GOES_ON",
    "fdatasync, signal=SIGKILL, ENDS",
  })
  void theBooksMatchAfterIt(String call, String fault, Then then) throws Exception {
    assumeThat(Strace.isPermitted()).as("strace may trace here").isTrue();
    Path data = directory.resolve("data");
    int port = Espora.freePort();
    Running served = serve(data, port);
    Process bank = served.process();
    credit(port); // so that the account is there
    assertThat(acknowledged).isEqualTo(1);
    Process strace = attach(bank, new Injection(call, fault, 2));
    try {
      for (int i = 0; i < REQUESTS && bank.isAlive(); i++) {
        credit(port);
      }
      if (then == Then.ENDS) {
        assertThat(bank.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(bank.exitValue()).isNotZero();
      } else {
        assertThat(acknowledged).as("writes go on").isGreaterThan(REQUESTS / 2);
        assertThat(served.stop()).isZero();
      }
    } finally {
      served.close();
      strace.destroy();
    }
    assertThat(Files.readString(directory.resolve("trace"))).containsAnyOf("INJECTED", "SIGKILL");
    assertThat(Espora.run(directory, "db", "verify", data.toString()).status()).isZero();
    try (Running again = serve(data, port);
        Client client = new Client(port)) {
      assertThat(client.statement(1).number("total"))
          .isBetween((long) acknowledged, (long) acknowledged + unknown);
      assertThat(client.transaction(1, 1, 'c', "goes on").status()).isEqualTo(200);
      assertThat(again.stop()).isZero();
    }
  }

  /** What an instance does after a fault. */
  enum Then {
    ENDS,
    GOES_ON
  }

  private void credit(int port) {
    try (Client client = new Client(port)) {
      if (client.transaction(1, 1, 'c', "credit").status() == 200) {
        acknowledged++;
      } else {
        unknown++;
      }
    } catch (IOException e) {
      unknown++;
    }
  }

  private Running serve(Path data, int port) throws IOException {
    return Running.start(
        directory, "serve", "bank", "--listen", "127.0.0.1:" + port, "--data", data.toString());
  }

  /** Calls are counted from now on. */
  private Process attach(Process bank, Injection injection) throws IOException {
    Path said = directory.resolve("strace");
    Path trace = directory.resolve("trace");
    List<String> target = List.of("-p", String.valueOf(bank.pid()));
    Process strace =
        new ProcessBuilder(Strace.attaching(injection, trace, target))
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    await()
        .atMost(PATIENCE)
        .failFast("strace ended", () -> !strace.isAlive())
        .until(() -> Files.readString(said).contains("attached"));
    return strace;
  }
}
