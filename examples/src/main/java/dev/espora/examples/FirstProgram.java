package dev.espora.examples;

import dev.espora.db.Database;
import dev.espora.db.Store;
import java.nio.file.Path;

/** Opens a database with a store of records, and creates, reads and updates one of them. */
class FirstProgram {

  record Animal(String name, String home, int legs) {}

  static void main(String[] args) {
    try (Database database = Database.open(Path.of(args[0]))) {
      Store<String, Animal> animals = database.store("animals", String.class, Animal.class);
      if (!animals.contains("tiger")) {
        animals.create("tiger", new Animal("Tiger", "Siberia", 4)); // durable when it returns
      }
      Animal tiger = animals.read("tiger").orElseThrow().value();
      IO.println("read: " + tiger);
      animals.update("tiger", new Animal(tiger.name(), "Sumatra", tiger.legs()));
      IO.println("now: " + animals.read("tiger").orElseThrow().value());
    }
  }
}
