package dev.espora.http;

import static java.util.concurrent.CompletableFuture.completedStage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenersTest {
  private static final Routes ROUTES =
      Routes.builder()
          .get("/hello", request -> completedStage(Response.text(200, "hello")))
          .build();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9999, 127.0.0.1:9999",
    ":80, 127.0.0.1:80",
    "localhost:0, localhost:0",
    "[::1]:65535, [::1]:65535",
    "unix:/run/a.sock, unix:/run/a.sock",
    "handoff:b.sock, handoff:b.sock"
  })
  void addressesAreRead(String text, String expected) {
    assertThat(ListenAddress.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "9999",
        "a:",
        "a:-1",
        "a:65536",
        "a:1x",
        "::1:80",
        "unix:",
        "handoff:",
        "a:1 "
      })
  void wrongAddressesAreNamedInTheError(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @Test
  void socketPathsThatTheKernelCannotHoldAreRefused() {
    assertThatThrownBy(() -> ListenAddress.parse("unix:/" + "a".repeat(200)))
        .hasMessageContaining("at most 80");
  }

  @Test
  void aPortThatIsTakenIsNamedAndNothingStaysBound() throws IOException {
    Path socket = directory.resolve("s");
    try (HttpServer first = HttpServer.builder(ROUTES).listen("127.0.0.1:0").start()) {
      ListenAddress taken = first.addresses().getFirst();
      HttpServer.Builder second = HttpServer.builder(ROUTES).listen("unix:" + socket).listen(taken);
      assertThatThrownBy(second::start)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + taken);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void anUnknownHostIsNamed() {
    assertThatThrownBy(() -> HttpServer.builder(ROUTES).listen("no.such.host.invalid:0").start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the host is unknown");
  }

  @Test
  void unixSocketsArePrivateServeAndAreRemoved() throws IOException {
    Path socket = directory.resolve("new/s");
    try (HttpServer server = HttpServer.builder(ROUTES).listen("unix:" + socket).start()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
          .isEqualTo("rwx------");
      assertThat(socket.getParent()).isDirectoryNotContaining(file -> !file.equals(socket));
      assertThat(server.addresses()).hasToString("[unix:" + socket + "]");
      assertThat(ask(socket)).startsWith("HTTP/1.1 200 OK").endsWith("hello");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aDeadProcessesSocketIsReplaced() throws IOException {
    Path socket = directory.resolve("s");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (HttpServer server = HttpServer.builder(ROUTES).listen("unix:" + socket).start()) {
      assertThat(server.connections()).isZero();
      assertThat(ask(socket)).endsWith("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix:", "handoff:"})
  void aLiveSocketIsRefusedAndUnharmed(String scheme) throws IOException {
    Path socket = directory.resolve("s");
    try (HttpServer first = HttpServer.builder(ROUTES).listen("unix:" + socket).start()) {
      HttpServer.Builder second = HttpServer.builder(ROUTES).listen(scheme + socket);
      assertThatThrownBy(second::start).hasMessageContaining("another process listens");
      assertThat(first.addresses()).hasSize(1);
      assertThat(ask(socket)).endsWith("hello");
    }
  }

  @Test
  void otherFilesAreNotReplaced() throws IOException {
    Path file = Files.writeString(directory.resolve("s"), "precious");
    assertThatThrownBy(() -> HttpServer.builder(ROUTES).listen("unix:" + file).start())
        .hasMessageContaining("not a socket");
    assertThat(file).hasContent("precious");
  }

  @Test
  void aFifoIsNoDeadSocket() throws Exception {
    Path fifo = directory.resolve("s");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    Object before = Files.getAttribute(fifo, "unix:ino");
    assertThatThrownBy(() -> HttpServer.builder(ROUTES).listen("unix:" + fifo).start())
        .hasMessageContaining("not a socket");
    assertThat(Files.getAttribute(fifo, "unix:ino")).isEqualTo(before);
  }

  @Test
  void aSocketThatAnotherProcessPutInPlaceIsLeftAlone() throws IOException {
    Path socket = directory.resolve("s");
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      try (HttpServer server = HttpServer.builder(ROUTES).listen("unix:" + socket).start()) {
        assertThat(server.connections()).isZero();
        Files.delete(socket);
        other.bind(UnixDomainSocketAddress.of(socket));
      }
      assertThat(socket).exists();
    }
  }

  private static String ask(Path socket) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(ByteBuffer.wrap(RawClient.GOOD.getBytes(StandardCharsets.US_ASCII)));
      client.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(4096);
      while (client.read(answer) >= 0) {
        assertThat(answer.hasRemaining()).isTrue();
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }
  }
}
