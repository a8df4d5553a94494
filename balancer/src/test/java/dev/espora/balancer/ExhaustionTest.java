package dev.espora.balancer;

import static dev.espora.balancer.TestUpstream.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ExhaustionTest {
  private static final int DESCRIPTORS = 160;

  @TempDir Path dir;

  @Test
  void acceptPausesWhenDescriptorsRunOutAndGoesOnWhenTheyAreBack() throws Exception {
    File log = dir.resolve("log").toFile();
    try (TestUpstream upstream = TestUpstream.tcp(echo("u"))) {
      Process process = startWithFewDescriptors(upstream.upstream(), log);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        Address address = Address.parse(out.readLine());
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < DESCRIPTORS; i++) {
          clients.add(TestClient.connect(address));
        }
        assertThat(clients.getFirst().line()).isEqualTo("u");
        await().until(() -> Files.readString(log.toPath()).contains(" pauses: "));
        clients.getFirst().send("those that are served go on\n");
        assertThat(clients.getFirst().line()).isEqualTo("those that are served go on");
        for (TestClient client : clients) {
          client.close();
        }
        await().until(() -> isServed(address));
        assertThat(process.isAlive()).isTrue();
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
  }

  private static boolean isServed(Address address) throws IOException {
    try (TestClient client = TestClient.connect(address)) {
      return client.line().equals("u");
    }
  }

  private static Process startWithFewDescriptors(Upstream upstream, File log) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "ulimit -n " + DESCRIPTORS + "; exec \"$@\"",
            "sh",
            java,
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Program.class.getName(),
            upstream.toString());
    return builder.redirectError(log).start();
  }

  /** A balancer in a process of its own, until that is killed. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
      try (Balancer balancer = Balancer.start(Balancers.options(Upstream.parse(args[0])))) {
        System.out.println(balancer.addresses().getFirst());
        Thread.currentThread().join();
      }
    }
  }
}
