package dev.espora.bench.strategies;

import dev.espora.db.Database;
import dev.espora.db.Durability;
import dev.espora.db.Medium;
import dev.espora.db.Options;

/** Espora on any medium. */
final class EngineStorage implements Storage {
  private final Database database;

  EngineStorage(Medium medium, Durability durability) {
    database = Database.open(medium, Options.DEFAULTS.withDurability(durability));
  }

  @Override
  public Ledger ledger() {
    return new EngineLedger(database);
  }

  @Override
  public Registry registry() {
    return new EngineRegistry(database);
  }

  @Override
  public void close() {
    database.close();
  }
}
