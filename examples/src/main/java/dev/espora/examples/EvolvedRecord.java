package dev.espora.examples;

import dev.espora.db.Database;
import dev.espora.db.DatabaseException;
import dev.espora.db.Entry;
import dev.espora.db.Store;
import dev.espora.db.codec.Formerly;
import dev.espora.db.codec.OrElse;
import dev.espora.db.codec.Removed;
import java.nio.file.Path;

/**
 * A record that changed between two versions of a program: one component was renamed, one dropped,
 * one added. The new version reads what the old one wrote; a change that cannot be made sense of is
 * refused when the store is opened, with a sentence that names the component.
 */
final class EvolvedRecord {
  private EvolvedRecord() {}

  /** As it was. */
  record Person(String name, int age, String fax) {}

  /** As it is. */
  @Removed("fax")
  record PersonLater(@Formerly("name") String fullName, int age, @OrElse("unknown") String city) {}

  /** As it cannot be: what was a number is a text. */
  @Removed("fax")
  record PersonWrong(String name, String age) {}

  static void main(String[] args) {
    Path directory = Path.of(args[0]);
    try (Database database = Database.open(directory)) {
      database
          .store("people", String.class, Person.class)
          .put("ana", new Person("Ana Souza", 30, "555-0100"));
    }
    try (Database database = Database.open(directory)) {
      Store<String, PersonWrong> people = database.store("people", String.class, PersonWrong.class);
      IO.println(people.size());
    } catch (DatabaseException.SchemaMismatch e) {
      IO.println("refused: " + e.getMessage());
    }
    try (Database database = Database.open(directory)) {
      Store<String, PersonLater> people = database.store("people", String.class, PersonLater.class);
      IO.println("read: " + people.read("ana").map(Entry::value).orElseThrow());
      people.put("bia", new PersonLater("Bia Lima", 28, "Recife"));
      IO.println("written: " + people.read("bia").map(Entry::value).orElseThrow());
    }
  }
}
