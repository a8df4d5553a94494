package dev.espora.bench.search;

import dev.espora.db.Database;
import dev.espora.people.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Espora's people registry, on files. */
public final class EsporaSearch implements PeopleSearch {

  /** Registrations that are under way at a time: what may wait for one store. */
  private static final int LOADED_TOGETHER = 32_768;

  private final Database database;
  private final Registry registry;

  public EsporaSearch(Path directory) {
    database = Database.open(directory);
    registry = Registry.open(database);
  }

  @Override
  public void load(People people) {
    for (int first = 0; first < people.count(); first += LOADED_TOGETHER) {
      int end = Math.min(first + LOADED_TOGETHER, people.count());
      List<CompletableFuture<Optional<UUID>>> registered =
          IntStream.range(first, end)
              .mapToObj(n -> registry.register(people.person(n)).toCompletableFuture())
              .toList();
      if (registered.stream().map(CompletableFuture::join).anyMatch(Optional::isEmpty)) {
        throw new IllegalStateException("a nickname was taken");
      }
    }
  }

  @Override
  public void prepare(Terms terms) {}

  @Override
  public int search(String term) {
    return registry.search(term).toCompletableFuture().join().size();
  }

  @Override
  public List<String> remarks() {
    return List.of();
  }

  @Override
  public void close() {
    registry.close();
    database.close();
  }
}
