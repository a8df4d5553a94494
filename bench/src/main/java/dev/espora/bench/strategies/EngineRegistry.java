package dev.espora.bench.strategies;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Store;
import dev.espora.people.Person;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Espora: a store from nicknames to people. */
final class EngineRegistry implements Registry {

  /** Registrations that are under way at a time while loading: what may wait for one store. */
  private static final int LOADED_TOGETHER = 32_768;

  private final Store<String, Person> people;

  EngineRegistry(Database database) {
    people = database.store("people", String.class, Person.class);
  }

  @Override
  public boolean register(Person person) {
    try {
      var _ = people.create(person.nickname(), person);
      return true;
    } catch (DatabaseException.AlreadyExists e) {
      return false;
    }
  }

  @Override
  public void load(Stream<Person> loaded) {
    List<CompletableFuture<?>> under = new ArrayList<>();
    for (Iterator<Person> each = loaded.iterator(); each.hasNext(); ) {
      Person person = each.next();
      under.add(people.async().create(person.nickname(), person));
      if (under.size() == LOADED_TOGETHER || !each.hasNext()) {
        CompletableFuture.allOf(under.toArray(CompletableFuture<?>[]::new)).join();
        under.clear();
      }
    }
  }

  @Override
  public void nicknames(Consumer<String> each) {
    try (var entries = people.entries()) {
      entries.forEach(entry -> each.accept(entry.getKey()));
    }
  }
}
