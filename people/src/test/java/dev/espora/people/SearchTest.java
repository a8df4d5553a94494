package dev.espora.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.db.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches beside one that looks at everybody. */
class SearchTest {
  private static final int SEGMENT = 100;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<Registered> everybody = new ArrayList<>();

  @TempDir Path directory;

  @Test
  void everySearchSeesEverybodyThroughEveryRegistry() {
    try (Database database = Database.open(directory);
        Registry one = Registry.open(database, SEGMENT);
        Database again = Database.open(directory);
        Registry other = Registry.open(again, SEGMENT)) {
      for (int i = 0; i < 1_000; i++) {
        register(random.nextBoolean() ? one : other, People.random(random, i));
        check(random.nextBoolean() ? one : other, People.text(random, 5));
      }
    }
  }

  @Test
  void fullSegmentsAreStoredAndReadAgain() {
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      fillSegments(registry, 3);
      checkAll(registry);
      awaitStored(database, 3);
    }
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      checkAll(registry);
      register(registry, People.random(random, 1_000_000));
      checkAll(registry);
      assertThat(segments(database).size()).isEqualTo(3);
    }
  }

  @Test
  void howeverManyPeopleAreReadAtOnceTwoSegmentsAreOpenAtMost() {
    try (Database database = Database.open(directory)) {
      try (Registry registry = Registry.open(database, SEGMENT)) {
        fillSegments(registry, 20);
      }
      Store<UUID, Person> people = database.store("people", UUID.class, Person.class);
      Store<Integer, StoredSegment> none =
          database.store("search-anew", Integer.class, StoredSegment.class);
      try (SearchIndex index = new SearchIndex(people, none, SEGMENT)) {
        assertThat(index.current())
            .hasSizeGreaterThan(20)
            .filteredOn(OpenSegment.class::isInstance)
            .hasSizeLessThanOrEqualTo(2);
      }
    }
  }

  @Test
  void segmentsThatBelongToOtherPeopleAreMadeAnew() {
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      fillSegments(registry, 3);
      checkAll(registry);
      awaitStored(database, 3);
      Store<Integer, StoredSegment> segments = segments(database);
      StoredSegment second = segments.read(1).orElseThrow().value();
      var _ =
          segments.update(
              1,
              new StoredSegment(
                  second.folding(), second.after(), second.through() - 1, second.bytes()));
    }
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      checkAll(registry);
      awaitStored(database, 3);
      assertThat(segments(database).read(1).orElseThrow().value().after())
          .isEqualTo(segments(database).read(0).orElseThrow().value().through());
    }
  }

  @Test
  void segmentsOfAnotherFoldingAreMadeAnew() {
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      fillSegments(registry, 1);
      checkAll(registry);
      awaitStored(database, 1);
      StoredSegment first = segments(database).read(0).orElseThrow().value();
      var _ =
          segments(database)
              .update(
                  0, new StoredSegment("0/1", 0, first.through(), new byte[first.bytes().length]));
    }
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      checkAll(registry);
      awaitStored(database, 1);
      assertThat(segments(database).read(0).orElseThrow().value().folding())
          .isEqualTo(Term.FOLDING);
    }
  }

  @Test
  void compactionChangesNeitherResultsNorTheirOrder() {
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      fillSegments(registry, 5);
      database.compactStore("people");
      checkAll(registry);
      register(registry, People.random(random, 10_000));
      checkAll(registry);
    }
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, SEGMENT)) {
      checkAll(registry);
      register(registry, People.random(random, 10_001));
      checkAll(registry);
    }
  }

  @Test
  void nothingIsLongerThanAFieldCanBe() {
    try (Database database = Database.inMemory(Options.DEFAULTS);
        Registry registry = Registry.open(database, SEGMENT)) {
      String longest = "😀".repeat(Person.MAX_NAME);
      register(registry, People.named("long", longest));
      check(registry, longest);
      check(registry, longest + "😀");
    }
  }

  @Test
  void aClosedRegistryRefusesSearches() {
    try (Database database = Database.inMemory(Options.DEFAULTS)) {
      Registry registry = Registry.open(database, SEGMENT);
      registry.close();
      assertThatThrownBy(() -> registry.search("a").toCompletableFuture().join())
          .hasCauseInstanceOf(DatabaseException.Closed.class);
    }
  }

  private void fillSegments(Registry registry, int segments) {
    for (int i = 0; i < SEGMENT * segments; i++) {
      register(registry, People.random(random, everybody.size()));
    }
  }

  private static Store<Integer, StoredSegment> segments(Database database) {
    return database.store("people-search", Integer.class, StoredSegment.class);
  }

  private static void awaitStored(Database database, int atLeast) {
    await().until(() -> segments(database).size() >= atLeast);
  }

  private void register(Registry registry, Person person) {
    registry
        .register(person)
        .toCompletableFuture()
        .join()
        .ifPresent(id -> everybody.add(new Registered(id, person)));
  }

  private void checkAll(Registry registry) {
    for (int i = 0; i < 100; i++) {
      check(registry, People.text(random, 5));
    }
  }

  private void check(Registry registry, String text) {
    Term term = Term.of(text);
    List<UUID> expected =
        everybody.stream()
            .filter(each -> term.isIn(each.person()))
            .map(Registered::id)
            .limit(50)
            .toList();
    assertThat(registry.search(text).toCompletableFuture().join())
        .as("seed %s, '%s'", seed, text)
        .extracting(Registered::id)
        .isEqualTo(expected);
  }
}
