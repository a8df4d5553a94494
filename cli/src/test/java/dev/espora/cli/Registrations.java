package dev.espora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many who register at the same time, every tenth of them with the nickname of the one before, and
 * the book of who was told that it worked.
 */
final class Registrations {
  private static final String PERSON =
      "{\"apelido\": \"%s\", \"nome\": \"%s\", \"nascimento\": \"2000-01-31\", \"stack\": [\"Java\"]}";
  private static final int CHECKERS_PER_INSTANCE = 3;

  /**
   * Somebody who was told 201.
   *
   * @param name nobody else has it
   * @param location of the answer
   */
  record Accepted(String nickname, String name, String location) {
    String body() {
      return PERSON
          .formatted(nickname, name)
          .replaceAll("([:,]) ", "$1")
          .replace("{", "{\"id\":\"" + location.substring("/pessoas/".length()) + "\",");
    }
  }

  private final int port;
  private final int people;
  private final AtomicInteger next = new AtomicInteger();
  private final Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();
  private final Queue<Map.Entry<String, String>> unknown = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();

  private Registrations(int port, int people) {
    this.port = port;
    this.people = people;
  }

  /** Registers all of them, each connection one after the other. */
  static Registrations run(int port, int people, int connections) throws Exception {
    Registrations registrations = new Registrations(port, people);
    List<Callable<Void>> callers = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      callers.add(registrations::register);
    }
    together(callers);
    return registrations;
  }

  /**
   * Registers until the connections break, which {@code kill} brings about once so many were
   * accepted.
   */
  static Registrations runUntilKilled(int port, int connections, int accepted, Callable<Void> kill)
      throws Exception {
    Registrations registrations = new Registrations(port, Integer.MAX_VALUE);
    List<Callable<Void>> callers = new ArrayList<>();
    callers.add(() -> {
      await()
          .atMost(Up.PATIENCE)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> registrations.accepted.size() >= accepted);
      return kill.call();
    });
    for (int i = 0; i < connections; i++) {
      callers.add(registrations::register);
    }
    together(callers);
    return registrations;
  }

  List<Accepted> accepted() {
    return List.copyOf(accepted);
  }

  int refused() {
    return refused.get();
  }

  /** Those who were told nothing, as nickname and name. */
  List<Map.Entry<String, String>> unknown() {
    return List.copyOf(unknown);
  }

  /** Asks again for those who were told nothing: from then on somebody has each nickname. */
  void settle(Client client) throws IOException {
    for (Map.Entry<String, String> each : unknown()) {
      String nickname = each.getKey();
      Answer answer = client.register(PERSON.formatted(nickname, each.getValue()));
      if (answer.status() == 201) {
        accepted.add(new Accepted(nickname, each.getValue(), answer.location()));
      } else if (accepted.stream().noneMatch(known -> known.nickname().equals(nickname))) {
        assertThat(answer.status()).isEqualTo(422);
        Answer found = client.search(nickname);
        accepted.add(
            new Accepted(
                nickname,
                found.texts("nome").getFirst(),
                "/pessoas/" + found.texts("id").getFirst()));
      }
    }
    unknown.clear();
  }

  /** Checks that an instance knows exactly those who were accepted, by each way to ask. */
  void assertKnownThrough(Up up, String instance) throws Exception {
    try (Client client = up.connect(instance)) {
      assertThat(client.count()).isEqualTo(accepted.size());
    }
    List<Accepted> all = accepted();
    List<Callable<Void>> checkers = new ArrayList<>();
    for (int i = 0; i < CHECKERS_PER_INSTANCE; i++) {
      int first = i;
      Client client = up.connect(instance);
      checkers.add(() -> {
        try (client) {
          for (int k = first; k < all.size(); k += CHECKERS_PER_INSTANCE) {
            assertKnown(client, all.get(k));
          }
        }
        return null;
      });
    }
    together(checkers);
  }

  private static void assertKnown(Client client, Accepted person) throws IOException {
    assertThat(client.get(person.location()).body()).isEqualTo(person.body());
    assertThat(client.search(person.nickname()).body()).isEqualTo("[" + person.body() + "]");
    assertThat(client.search(person.name()).body()).isEqualTo("[" + person.body() + "]");
  }

  private Void register() throws IOException {
    try (Client client = new Client(port)) {
      for (int i = next.getAndIncrement(); i < people; i = next.getAndIncrement()) {
        String nickname = "apelido-%06d".formatted(i % 10 == 9 ? i - 1 : i);
        String name = "Nome de %06d".formatted(i);
        if (!isAnswered(client, nickname, name)) {
          break;
        }
      }
    }
    return null;
  }

  private boolean isAnswered(Client client, String nickname, String name) {
    Answer answer;
    try {
      answer = client.register(PERSON.formatted(nickname, name));
    } catch (IOException e) {
      unknown.add(Map.entry(nickname, name)); // whether it took effect, nobody was told
      return false;
    }
    switch (answer.status()) {
      case 201 -> accepted.add(new Accepted(nickname, name, answer.location()));
      case 422 -> refused.incrementAndGet();
      default -> throw new AssertionError(nickname + ": " + answer);
    }
    return true;
  }

  private static void together(List<Callable<Void>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Void> each : threads.invokeAll(tasks)) {
        each.get();
      }
    }
  }
}
