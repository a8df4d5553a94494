package dev.espora.examples;

import dev.espora.db.Database;
import dev.espora.db.Decision;
import dev.espora.db.Partition;
import dev.espora.db.StateMachine;
import dev.espora.db.codec.Codec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A state machine of an application's own: commands are judged against the newest stock, across all
 * threads and processes, and what happened is written; a command that would ship more than there is
 * gets rejected.
 */
final class Inventory
    implements StateMachine<Inventory.Stock, Inventory.Command, Inventory.Event, Inventory.Answer> {

  /** How many there are of each item. */
  record Stock(Map<String, Integer> quantities) {
    Stock {
      quantities = Map.copyOf(quantities);
    }

    int of(String item) {
      return quantities.getOrDefault(item, 0);
    }

    Stock plus(String item, int quantity) {
      Map<String, Integer> changed = new HashMap<>(quantities);
      changed.merge(item, quantity, Integer::sum);
      return new Stock(changed);
    }
  }

  /** A wish. */
  sealed interface Command {
    record Receive(String item, int quantity) implements Command {}

    record Ship(String item, int quantity, String order) implements Command {}
  }

  /** A fact, which is what the log stores. */
  sealed interface Event {
    record Received(String item, int quantity) implements Event {}

    record Shipped(String item, int quantity, String order) implements Event {}
  }

  /** What the caller is told. */
  sealed interface Answer {
    record InStock(int quantity) implements Answer {}

    record TooFew(int quantity) implements Answer {}
  }

  @Override
  public Stock initial() {
    return new Stock(Map.of());
  }

  @Override
  public Decision<Event, Answer> decide(Stock stock, Command command) {
    return switch (command) {
      case Command.Receive(String item, int quantity) ->
          Decision.accept(
              new Event.Received(item, quantity), new Answer.InStock(stock.of(item) + quantity));
      case Command.Ship(String item, int quantity, String order) -> {
        int left = stock.of(item) - quantity;
        yield left < 0
            ? Decision.reject(new Answer.TooFew(stock.of(item)))
            : Decision.accept(new Event.Shipped(item, quantity, order), new Answer.InStock(left));
      }
    };
  }

  @Override
  public Stock evolve(Stock stock, Event event) {
    return switch (event) {
      case Event.Received(String item, int quantity) -> stock.plus(item, quantity);
      case Event.Shipped(String item, int quantity, String _) -> stock.plus(item, -quantity);
    };
  }

  @Override
  public Codec<Event> eventCodec() {
    return Codec.of(Event.class);
  }

  @Override
  public Codec<Stock> stateCodec() {
    return Codec.of(Stock.class);
  }

  static void main(String[] args) {
    try (Database database = Database.open(Path.of(args[0]))) {
      Partition<Stock, Command, Answer> inventory =
          database.partition("inventory", new Inventory());
      IO.println(inventory.submit(new Command.Receive("bolt", 100)).result());
      IO.println(inventory.submit(new Command.Ship("bolt", 70, "order 1")).result());
      IO.println(inventory.submit(new Command.Ship("bolt", 70, "order 2")).result());
      IO.println(inventory.state());
    }
  }
}
