package dev.espora.people;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Options;
import dev.espora.db.Store;
import dev.espora.db.tools.DatabaseTools;
import dev.espora.db.tools.Progress;
import dev.espora.db.tools.Salvage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches beside one that looks at everybody. */
class SearchTest {
  private static final int SEGMENT = 100;

  /** More people than one file of a log holds at first, and than one batch of a compaction. */
  private static final int LARGE_SEGMENT = 2_000;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final List<Registered> everybody = new ArrayList<>();

  @TempDir Path directory;
  @TempDir Path elsewhere;

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
  void whoComesAfterASalvageIsFoundThoughTheFirstFileWasMissing() throws IOException {
    fillAndStoreSegments(false);
    Files.delete(directory.resolve("partitions/people/0000000000000000.log"));
    Salvage salvage = assertThatNewcomersAreFoundAfterASalvage();
    assertThat(salvage.dropped())
        .anySatisfy(each -> assertThat(each.reason()).contains("from position 0 to"));
  }

  @Test
  void whoComesAfterASalvageIsFoundThoughSomebodyInTheMiddleWasDamaged() throws IOException {
    fillAndStoreSegments(true);
    byte[] nickname = everybody.get(LARGE_SEGMENT / 8).person().nickname().getBytes(UTF_8);
    try (Stream<Path> files = Files.list(directory.resolve("partitions/people"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".log")).toList()) {
        damage(file, nickname);
      }
    }
    assertThatNewcomersAreFoundAfterASalvage();
  }

  private void fillAndStoreSegments(boolean compacted) {
    try (Database database = Database.open(directory);
        Registry registry = Registry.open(database, LARGE_SEGMENT)) {
      for (int i = 0; i < 2 * LARGE_SEGMENT; i++) {
        register(registry, People.random(random, i));
      }
      if (compacted) {
        assertThat(database.compactStore("people")).isPositive();
      }
      checkAll(registry);
      awaitStored(database, 2);
    }
  }

  /** Flips a bit wherever the bytes stand. */
  private static void damage(Path file, byte[] wanted) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        bytes[at] ^= 1;
      }
    }
    Files.write(file, bytes);
  }

  private Salvage assertThatNewcomersAreFoundAfterASalvage() {
    Path output = elsewhere.resolve("salvaged");
    Salvage salvage = DatabaseTools.at(directory).salvage(output, Progress.NONE);
    try (Database database = Database.open(output);
        Registry registry = Registry.open(database, LARGE_SEGMENT)) {
      everybody.removeIf(each -> registry.find(each.id()).toCompletableFuture().join().isEmpty());
      assertThat(everybody).isNotEmpty().hasSizeLessThan(2 * LARGE_SEGMENT);
      register(registry, People.named("late", "only the latecomer"));
      check(registry, "latecomer");
      checkAll(registry);
    }
    return salvage;
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
