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
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promise, as the kernel sees it: no answer leaves before the sync that covers it. */
class SyncBeforeAnswerIT {
  private static final int REQUESTS = 50;
  private static final Pattern SYNC_STARTED = Pattern.compile("\\b(fsync|fdatasync)\\(");
  private static final Pattern SYNC_DONE =
      Pattern.compile("\\b(fsync|fdatasync)(\\(\\d+(<[^>]*>)?\\)| resumed>\\)) += 0");
  private static final Pattern LOG_WRITE = Pattern.compile("\\bpwrite(64|v2?)\\(");
  private static final Pattern ANSWER =
      Pattern.compile("\\b(write|writev|sendto|sendmsg)\\(.*HTTP/1\\.1 20[01]");

  @TempDir Path directory;

  /** Sends a request with an effect, and checks its answer. */
  private interface Post {
    void send(Client client, int number) throws IOException;
  }

  @Test
  void everyAnswerToATransactionFollowsASyncOfItsRecord() throws Exception {
    check(
        Service.BANK,
        (client, number) ->
            assertThat(client.transaction(1, 1, 'c', "n" + number).number("saldo"))
                .isEqualTo(number));
  }

  @Test
  void everyAnswerToARegistrationFollowsASyncOfItsRecord() throws Exception {
    check(
        Service.PEOPLE,
        (client, number) -> assertThat(client.register(person(number)).status()).isEqualTo(201));
  }

  private static String person(int number) {
    return "{\"apelido\": \"n%d\", \"nome\": \"N\", \"nascimento\": \"2000-01-31\"}"
        .formatted(number);
  }

  private void check(Service service, Post post) throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/strace"))).as("strace").isTrue();
    Path trace = directory.resolve("trace");
    int port = Espora.freePort();
    Process process = startTraced(trace, service, port);
    try {
      awaitListening(process, port);
      try (Client client = new Client(port)) {
        for (int i = 1; i <= REQUESTS; i++) {
          post.send(client, i);
        }
      }
    } finally {
      // strace passes the end of what it traces on, not the signals that it gets itself.
      process.descendants().forEach(ProcessHandle::destroy);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    assertOrder(Files.readAllLines(trace));
  }

  /**
   * One client, one request at a time: between two answers there is a write and then a whole sync.
   */
  private static void assertOrder(List<String> trace) {
    int answers = 0;
    boolean written = false;
    boolean syncing = false;
    boolean synced = false;
    for (String line : trace) {
      if (LOG_WRITE.matcher(line).find()) {
        written = true;
        synced = false;
      }
      if (SYNC_STARTED.matcher(line).find()) {
        syncing = written;
      }
      if (SYNC_DONE.matcher(line).find() && syncing) {
        synced = true;
        syncing = false;
      }
      if (ANSWER.matcher(line).find()) {
        answers++;
        assertThat(synced).as("answer " + answers + " follows a sync: " + line).isTrue();
        written = false;
        syncing = false;
        synced = false;
      }
    }
    assertThat(answers).isEqualTo(REQUESTS);
  }

  private Process startTraced(Path trace, Service service, int port) throws IOException {
    return Espora.builder(
            List.of(
                "strace",
                "-f",
                "-s",
                "64",
                "-o",
                trace.toString(),
                "-e",
                "trace=pwrite64,pwritev,pwritev2,write,writev,sendto,sendmsg,fsync,fdatasync",
                Espora.PROGRAM.toString(),
                "serve",
                service.toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--data",
                directory.resolve("data").toString()))
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private void awaitListening(Process process, int port) {
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast("serve ended", () -> !process.isAlive())
        .until(
            () -> Files.readString(directory.resolve("out")).contains("ready 127.0.0.1:" + port));
  }
}
