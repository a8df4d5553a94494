package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may come in at the edge: nobody else on this machine, nobody from elsewhere. */
class WhoMayComeInIT {
  private static final List<String> OPEN_UMASK =
      List.of("sh", "-c", "umask 000; exec \"$@\"", "sh");
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  private static final String CONNECT =
      "socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, pack_sockaddr_un($ARGV[0])) || die \"$!\"";

  @TempDir Path directory;

  @Test
  void socketsOfUpAreForTheirOwnerAloneWhateverTheUmask() throws Exception {
    String data = directory.resolve("data").toString();
    String port = String.valueOf(Espora.freePort());
    List<String> command = new ArrayList<>(OPEN_UMASK);
    command.addAll(List.of(Espora.PROGRAM.toString(), "up", "bank"));
    command.addAll(List.of("--data", data, "--port", port));
    try (Up up = Up.start(directory, Integer.parseInt(port), command)) {
      Path sockets = up.runtimeDirectory();
      assertThat(mode(sockets)).isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(sockets)) {
        assertThat(files.toList())
            .hasSize(2)
            .allSatisfy(socket -> assertThat(mode(socket)).isEqualTo("rw-------"))
            .allSatisfy(WhoMayComeInIT::assertClosedToOthers);
      }
      assertThat(up.stop()).isZero();
    }
  }

  @Test
  void socketsOfServeAndBalanceAreForTheirOwnerAloneWhateverTheUmask() throws Exception {
    letOthersIn(directory);
    Path instance = directory.resolve("made").resolve("instance.sock");
    Path handoff = directory.resolve("handoff.sock");
    Path front = directory.resolve("front.sock");
    try (Running serve =
            Running.start(
                directory,
                OPEN_UMASK,
                Map.of(),
                "serve",
                "bank",
                "--listen",
                "unix:" + instance + ",handoff:" + handoff,
                "--data",
                directory.resolve("data").toString());
        Running balance =
            Running.start(
                directory,
                OPEN_UMASK,
                Map.of(),
                "balance",
                "--listen",
                "unix:" + front,
                "--upstream",
                "unix:" + instance)) {
      assertThat(mode(Objects.requireNonNull(instance.getParent()))).isEqualTo("rwx------");
      assertThat(List.of(instance, handoff, front))
          .allSatisfy(socket -> assertThat(mode(socket)).isEqualTo("rw-------"))
          .allSatisfy(WhoMayComeInIT::assertClosedToOthers);
      assertThat(balance.stop()).isZero();
      assertThat(serve.stop()).isZero();
    }
    assertThat(List.of(instance, handoff, front)).noneMatch(Files::exists);
  }

  @ParameterizedTest
  @EnumSource(Edge.Way.class)
  void nothingListensBeyondTheLoopbackAddress(Edge.Way way) throws Exception {
    assumeThat(Connections.visible()).as("/proc").isTrue();
    try (Edge edge = Edge.start(way, directory)) {
      List<String> listening = new ArrayList<>();
      for (ProcessHandle process : edge.components().values()) {
        listening.addAll(Connections.listening(process));
      }
      assertThat(listening).containsExactly("127.0.0.1:" + edge.port());
      edge.stop();
    }
  }

  @Test
  void serveListensOnTheLoopbackAddressUnlessToldOtherwise() throws Exception {
    assumeThat(Connections.visible()).as("/proc").isTrue();
    int port = Espora.freePort();
    int admin = Espora.freePort();
    try (Running serve =
        Running.start(
            directory,
            "serve",
            "bank",
            "--listen",
            ":" + port,
            "--admin",
            ":" + admin,
            "--data",
            directory.resolve("data").toString())) {
      assertThat(Connections.listening(serve.process().toHandle()))
          .containsExactlyInAnyOrder("127.0.0.1:" + port, "127.0.0.1:" + admin);
      assertThat(serve.stop()).isZero();
    }
  }

  /** What clients send stays between them and the bank, also where it is wrong. */
  @ParameterizedTest
  @EnumSource(Edge.Way.class)
  void nothingThatClientsSendIsLogged(Edge.Way way) throws Exception {
    try (Edge edge = Edge.start(way, directory)) {
      for (int i = 0; i < 2; i++) {
        try (Client client = new Client(edge.port())) {
          String[] headers = {"Idempotency-Key: Secret-1", "Authorization: Secret-2"};
          assertThat(client.transaction(1, 1, 'c', "Secret-3", headers).status()).isEqualTo(200);
          assertThat(client.transaction(1, 2, 'c', "Secret-3", headers).status()).isEqualTo(422);
          assertThat(client.post(RequestText.PATH, "Secret-4").status()).isEqualTo(400);
          assertThat(client.get("/Secret-5?Secret-6").status()).isEqualTo(404);
          assertThat(client.raw("GET / HTTP/1.1\r\nSecret-7\r\n\r\n").status()).isEqualTo(400);
        }
      }
      edge.stop();
      assertThat(edge.log()).contains("ready ").doesNotContainIgnoringCase("secret");
    }
  }

  @Test
  void noOtherSiteIsInvitedByCrossOriginHeaders() throws Exception {
    try (Edge edge = Edge.start(Edge.Way.HANDOFF, directory);
        Client client = new Client(edge.port())) {
      String from = "Host: localhost\r\nOrigin: http://evil.example\r\n";
      String preflight = "Access-Control-Request-Method: POST\r\n\r\n";
      Answer asked = client.raw("OPTIONS /clientes/1/transacoes HTTP/1.1\r\n" + from + preflight);
      Answer read = client.raw("GET /clientes/1/extrato HTTP/1.1\r\n" + from + "\r\n");
      assertThat(asked.status()).isEqualTo(204);
      assertThat(read.status()).isEqualTo(200);
      assertThat(List.of(asked, read))
          .allSatisfy(answer ->
              assertThat(answer.headers().keySet())
                  .noneMatch(name -> name.startsWith("access-control")));
      edge.stop();
    }
  }

  /** Whoever may not: the probe itself works, since the owner gets through. */
  private static void assertClosedToOthers(Path socket) throws IOException, InterruptedException {
    assumeThat(System.getProperty("user.name")).as("the user").isEqualTo("root");
    assumeThat(knock(List.of(), socket)).as("perl can connect").isEmpty();
    assertThat(knock(AS_NOBODY, socket)).contains("Permission denied");
  }

  /** Connects to a unix socket; returns what went wrong. */
  private static String knock(List<String> prefix, Path socket)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of("perl", "-MSocket", "-e", CONNECT, socket.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  /** A temporary directory and those above it may be closed to others; this one shall not be. */
  private static void letOthersIn(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
