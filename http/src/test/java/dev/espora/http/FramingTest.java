package dev.espora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where requests end and how long their bodies are, compared with nginx and HAProxy: what is one
 * request to them must not be two here or half of one, and what both refuse is refused here. To be
 * stricter than they are is allowed; no other difference is, and none is known.
 *
 * <p>{@code -Despora.framing.connections=100000} compares more of them, {@code
 * -Despora.framing.seed=N} the same ones again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FramingTest {
  private static final int CONNECTIONS = Integer.getInteger("espora.framing.connections", 1_500);
  private static final long SEED = Long.getLong("espora.framing.seed", System.nanoTime());

  @TempDir private static Path directory;
  private static ReferenceProxy nginx;
  private static ReferenceProxy haproxy;

  /**
   * What became of the bytes of one connection.
   *
   * @param bodies the length of the body of each request
   */
  private record Reading(List<Integer> bodies, End end) {}

  private enum End {
    /** What follows is not a valid request. */
    REFUSED,
    /** The last request asked for the end: what follows is ignored. */
    ASKED_FOR,
    /** There is nothing more, or only a part of a request. */
    WAITING
  }

  @BeforeAll
  static void start() throws IOException {
    assumeThat(List.of("nginx", "haproxy")).as("programs").allMatch(FramingTest::isInstalled);
    nginx = ReferenceProxy.nginx(directory);
    haproxy = ReferenceProxy.haproxy(directory);
  }

  @AfterAll
  static void stop() throws IOException {
    for (ReferenceProxy proxy : Arrays.asList(nginx, haproxy)) {
      if (proxy != null) {
        proxy.close();
      }
    }
  }

  @Test
  void allSeeTheSameInValidRequests() throws IOException {
    RequestGrammar grammar = new RequestGrammar(new Random(SEED));
    for (int i = 0; i < 50; i++) {
      String bytes = grammar.valid(1 + i % 3);
      List<Integer> read = read(bytes).bodies();
      assertThat(read).as("seed %d: %s", SEED, bytes).hasSize(2 + i % 3);
      assertThat(nginx.bodies(bytes)).as("nginx, seed %d: %s", SEED, bytes).isEqualTo(read);
      assertThat(haproxy.bodies(bytes)).as("HAProxy, seed %d: %s", SEED, bytes).isEqualTo(read);
    }
  }

  @Test
  void nothingIsReadMoreLenientlyThanNginxAndHaproxyDo() throws IOException {
    RequestGrammar grammar = new RequestGrammar(new Random(SEED));
    int refused = 0;
    int compared = 0;
    List<String> found = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      String bytes = grammar.next();
      Reading reading = read(bytes);
      refused += reading.end() == End.REFUSED ? 1 : 0;
      if (reading.end() == End.REFUSED && reading.bodies().isEmpty()) {
        continue; // Nothing is stricter than that.
      }
      compared++;
      String difference = difference(reading, bytes);
      if (difference != null) {
        found.add(difference + "\n" + visible(bytes));
      }
    }
    System.out.printf(
        "framing: seed %d, %d connections, %d with something refused here, %d compared%n",
        SEED, CONNECTIONS, refused, compared);
    assertThat(found).as("seed %d", SEED).isEmpty();
  }

  private static @Nullable String difference(Reading reading, String bytes) throws IOException {
    String difference = null;
    // A record that comes late would count for the next connection: only what stays is a
    // difference.
    for (int attempt = 0; attempt < 3; attempt++) {
      difference = compare(reading, nginx.bodies(bytes), haproxy.bodies(bytes));
      if (difference == null) {
        return null;
      }
    }
    return difference;
  }

  private static @Nullable String compare(
      Reading here, List<Integer> nginx, List<Integer> haproxy) {
    String all = "here %s, nginx %s, HAProxy %s".formatted(here, nginx, haproxy);
    int count = here.bodies().size();
    if (count > Math.max(nginx.size(), haproxy.size())) {
      return "both refuse what is accepted here: " + all;
    }
    for (List<Integer> other : List.of(nginx, haproxy)) {
      int common = Math.min(count, other.size());
      if (!here.bodies().subList(0, common).equals(other.subList(0, common))) {
        return "another length: " + all;
      }
      if (here.end() == End.WAITING && count < other.size()) {
        return "waits for bytes that are there: " + all;
      }
    }
    return null;
  }

  /** As a connection reads: until something is wrong or the client wants no more answers. */
  private static Reading read(String bytes) {
    RequestReader reader = new RequestReader(Routes.builder().build(), HttpLimits.DEFAULTS);
    ByteBuf in = Unpooled.wrappedBuffer(bytes.getBytes(StandardCharsets.ISO_8859_1));
    List<Integer> bodies = new ArrayList<>();
    try {
      for (var next = reader.read(in); next != null; next = reader.read(in)) {
        bodies.add(next.request().body().length);
        if (!next.request().keepAlive() || (next.request().upgrade() && in.isReadable())) {
          return new Reading(bodies, End.ASKED_FOR);
        }
      }
      return new Reading(bodies, End.WAITING);
    } catch (ProblemException _) {
      return new Reading(bodies, End.REFUSED);
    }
  }

  private static String visible(String bytes) {
    return bytes
        .chars()
        .mapToObj(c ->
            switch (c) {
              case '\r' -> "\\r";
              case '\n' -> "\\n";
              default -> c < ' ' || c > '~' ? "\\x%02x".formatted(c) : String.valueOf((char) c);
            })
        .collect(Collectors.joining());
  }

  private static boolean isInstalled(String program) {
    return Stream.of("/usr/sbin", "/usr/local/sbin", "/usr/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
