package dev.espora.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry itself: what it promised holds after a restart, and beside another one. */
class RegistryTest {
  @TempDir Path directory;

  @Test
  void everybodyIsThereAfterARestart() {
    Map<UUID, Person> registered = new TreeMap<>();
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database)) {
      for (int i = 0; i < 300; i++) {
        Person person = person("ana" + i, "Ana n\u00famero " + i + ".");
        registered.put(join(registry.register(person)).orElseThrow(), person);
      }
      assertEverybody(registered, registry);
    }
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database)) {
      assertEverybody(registered, registry);
      assertThat(join(registry.register(person("ana7", "another")))).isEmpty();
      assertThat(registry.count()).isEqualTo(300);
      Person late = person("late", "Late.");
      registered.put(join(registry.register(late)).orElseThrow(), late);
      assertEverybody(registered, registry);
    }
  }

  private static void assertEverybody(Map<UUID, Person> registered, Registry registry) {
    assertThat(registry.count()).isEqualTo(registered.size());
    registered.forEach((id, person) -> {
      Registered expected = new Registered(id, person);
      assertThat(join(registry.find(id))).contains(expected);
      assertThat(join(registry.search(person.name()))).containsExactly(expected);
    });
  }

  @Test
  void ofManyWhoWantANicknameOneHasIt() throws Exception {
    int nicknames = 50;
    int callers = 8;
    try (Database one = Database.open(directory);
        Database two = Database.open(directory);
        Registry first = Registry.open(one);
        Registry second = Registry.open(two);
        ExecutorService threads = Executors.newFixedThreadPool(callers)) {
      CyclicBarrier together = new CyclicBarrier(callers);
      List<Future<List<Optional<UUID>>>> answers = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        Registry registry = caller % 2 == 0 ? first : second;
        String name = "caller " + caller;
        answers.add(
            threads.submit(() -> {
              List<Optional<UUID>> ids = new ArrayList<>();
              for (int i = 0; i < nicknames; i++) {
                together.await();
                ids.add(join(registry.register(person("wanted" + i, name))));
              }
              return ids;
            }));
      }
      for (int i = 0; i < nicknames; i++) {
        List<String> told = new ArrayList<>();
        for (int caller = 0; caller < callers; caller++) {
          if (answers.get(caller).get().get(i).isPresent()) {
            told.add("caller " + caller);
          }
        }
        assertThat(told).as("wanted" + i).hasSize(1);
        UUID id = Registry.id("wanted" + i);
        assertThat(join(first.find(id)).map(found -> found.person().name()))
            .isEqualTo(join(second.find(id)).map(found -> found.person().name()))
            .contains(told.getFirst());
      }
      assertThat(first.count()).isEqualTo(nicknames);
      assertThat(second.count()).isEqualTo(nicknames);
    }
  }

  @Test
  void whatOneAcknowledgedTheOtherFindsAndCounts() {
    try (Database one = Database.open(directory);
        Database two = Database.open(directory);
        Registry first = Registry.open(one);
        Registry second = Registry.open(two)) {
      for (int i = 0; i < 200; i++) {
        Registry writer = i % 2 == 0 ? first : second;
        Registry reader = i % 2 == 0 ? second : first;
        Person person = person("n" + i + ".", "N");
        UUID id = join(writer.register(person)).orElseThrow();
        Registered expected = new Registered(id, person);
        assertThat(reader.count()).isEqualTo(i + 1);
        assertThat(join(reader.search("N" + i + "."))).containsExactly(expected);
        assertThat(join(reader.find(id))).contains(expected);
      }
    }
  }

  @Test
  void firstFiftyAreFoundInTheirOrder() {
    try (Database database = Database.inMemory(Options.DEFAULTS);
        Registry registry = Registry.open(database)) {
      List<Registered> all = new ArrayList<>();
      for (int i = 0; i < 70; i++) {
        Person person = person("p" + (i * 37 % 70), "Somebody");
        all.add(new Registered(join(registry.register(person)).orElseThrow(), person));
      }
      assertThat(join(registry.search("BODY"))).isEqualTo(all.subList(0, 50));
      assertThat(join(registry.search("b"))).isEqualTo(all.subList(0, 50));
      assertThat(join(registry.search("bod "))).isEmpty();
    }
  }

  @Test
  void nobodyIsFoundByAnIdThatWasNotGiven() {
    try (Database database = Database.inMemory(Options.DEFAULTS);
        Registry registry = Registry.open(database)) {
      assertThat(join(registry.find(Registry.id("ana")))).isEmpty();
      assertThat(join(registry.search("ana"))).isEmpty();
      assertThat(registry.count()).isZero();
    }
  }

  @Test
  void idsAreUuidsMadeOfTheNicknameAlone() {
    assertThat(Registry.id("ana"))
        .isEqualTo(UUID.fromString("24d4b96f-58da-8d4a-8512-313bbd02a28e"));
    for (int i = 0; i < 100; i++) {
      UUID id = Registry.id("n" + i);
      assertThat(id.version()).isEqualTo(8);
      assertThat(id.variant()).isEqualTo(2);
    }
    assertThat(Registry.id("Ana")).isNotEqualTo(Registry.id("ana"));
  }

  @Test
  void aClosedRegistrySearchesNoMoreAndAClosedDatabaseFails() {
    Database database = Database.inMemory(Options.DEFAULTS);
    Registry registry = Registry.open(database);
    UUID id = join(registry.register(person("ana", "Ana"))).orElseThrow();
    registry.close();
    assertClosed(registry.search("ana"));
    database.close();
    assertClosed(registry.find(id));
    assertClosed(registry.register(person("eva", "Eva")));
    assertThatThrownBy(registry::count).isInstanceOf(DatabaseException.Closed.class);
  }

  private static void assertClosed(CompletionStage<?> stage) {
    assertThatThrownBy(() -> join(stage)).hasCauseInstanceOf(DatabaseException.Closed.class);
  }

  private static Person person(String nickname, String name) {
    return new Person(nickname, name, LocalDate.of(2000, 1, 31), new Stack.Items(List.of("Java")));
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
