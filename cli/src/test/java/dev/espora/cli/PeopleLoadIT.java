package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes, one registry: under load, killed, and drained.
 *
 * <p>{@code -Despora.people=10000} is a longer form.
 */
class PeopleLoadIT {
  private static final int PEOPLE = Integer.getInteger("espora.people", 3_000);
  private static final int CONNECTIONS = 64;
  private static final List<String> INSTANCES = List.of("people-1", "people-2");

  @TempDir Path directory;

  @BeforeEach
  void instancesCanBeToldApart() {
    assumeThat(Connections.visible()).as("/proc").isTrue();
  }

  @Test
  void everyNicknameIsAcceptedOnceAndFoundByEveryWayAlsoAfterEverythingWasKilled()
      throws Exception {
    Registrations registrations;
    try (Up up = start()) {
      registrations = Registrations.run(up.port(), PEOPLE, CONNECTIONS);
      assertEveryNicknameOnce(registrations);
      for (String instance : INSTANCES) {
        registrations.assertKnownThrough(up, instance);
      }
      up.killEverything();
    }
    try (Up up = start()) {
      for (String instance : INSTANCES) {
        registrations.assertKnownThrough(up, instance);
      }
      assertThat(up.stop()).isZero();
    }
  }

  @Test
  void whoWasAcceptedBeforeEverythingWasKilledUnderLoadIsThere() throws Exception {
    Registrations registrations;
    try (Up up = start()) {
      registrations =
          Registrations.runUntilKilled(
              up.port(),
              16,
              1_000,
              () -> {
                up.killEverything();
                return null;
              });
    }
    assertThat(registrations.unknown()).isNotEmpty();
    try (Up up = start()) {
      try (Client client = new Client(up.port())) {
        registrations.settle(client);
      }
      for (String instance : INSTANCES) {
        registrations.assertKnownThrough(up, instance);
      }
      assertThat(up.stop()).isZero();
    }
  }

  private static void assertEveryNicknameOnce(Registrations registrations) {
    Set<String> nicknames = new HashSet<>();
    for (Registrations.Accepted each : registrations.accepted()) {
      assertThat(nicknames.add(each.nickname())).as(each.nickname() + " again").isTrue();
    }
    assertThat(nicknames).hasSize(PEOPLE - PEOPLE / 10);
    assertThat(registrations.unknown()).isEmpty();
    assertThat(registrations.refused()).isEqualTo(PEOPLE / 10);
  }

  @Test
  void acknowledgedByOneIsFoundByTheOtherInTheNextRequest() throws Exception {
    try (Up up = start();
        Client one = up.connect("people-1");
        Client other = up.connect("people-2")) {
      for (int i = 1; i <= 500; i++) {
        Client writer = i % 2 == 0 ? one : other;
        Client reader = i % 2 == 0 ? other : one;
        String nickname = "n" + i + ".";
        Answer created =
            writer.register(
                "{\"apelido\": \"%s\", \"nome\": \"N\", \"nascimento\": \"2000-01-31\"}"
                    .formatted(nickname));
        assertThat(created.status()).isEqualTo(201);
        assertThat(reader.search(nickname).texts("apelido")).containsExactly(nickname);
        assertThat(reader.count()).isEqualTo(i);
        assertThat(reader.get(created.location()).texts("apelido")).containsExactly(nickname);
      }
    }
  }

  @Test
  void sigtermWhileSearchesRunLetsThemEnd() throws Exception {
    int searchers = 16;
    try (Up up = start();
        ExecutorService threads = Executors.newFixedThreadPool(searchers)) {
      Registrations.run(up.port(), 500, 8);
      CountDownLatch searching = new CountDownLatch(searchers);
      List<Future<String>> ends = new ArrayList<>();
      for (int i = 0; i < searchers; i++) {
        ends.add(threads.submit(() -> searchUntilClosed(up.port(), searching)));
      }
      searching.await();
      List<ProcessHandle> all = up.everything();
      assertThat(up.stop()).isZero();
      assertThat(all).noneMatch(ProcessHandle::isAlive);
      for (Future<String> end : ends) {
        assertThat(end.get()).as("no answer ends in the middle").doesNotContain("after", "within");
      }
      assertThat(up.err()).doesNotContain("ERROR", "WARNING", "Exception");
    }
  }

  /** Returns how the connection ended. */
  private static String searchUntilClosed(int port, CountDownLatch searching) throws IOException {
    try (Client client = new Client(port)) {
      try {
        while (true) {
          Answer found = client.search("nome de");
          assertThat(found.status()).isEqualTo(200);
          assertThat(found.texts("apelido")).hasSize(50);
          searching.countDown();
        }
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  private Up start() throws IOException {
    return Up.start(Service.PEOPLE, directory, directory.resolve("data"), Espora.freePort());
  }
}
