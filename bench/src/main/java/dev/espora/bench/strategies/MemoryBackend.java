package dev.espora.bench.strategies;

import dev.espora.db.Durability;
import dev.espora.db.Medium;

/** Espora in the heap of its process: nothing is left when that ends. */
final class MemoryBackend implements Backend {

  @Override
  public Storage open(String name, int people) {
    return new EngineStorage(Medium.memory(), Durability.SYNC);
  }

  @Override
  public void delete(String name) {}

  @Override
  public double syncs() {
    return 0;
  }

  @Override
  public Outage outage() {
    Storage lost = open("lost", 0);
    Storage empty = open("empty", 0);
    return new Outage() {
      @Override
      public Storage storage() {
        return lost;
      }

      @Override
      public void strike() {
        lost.close();
      }

      @Override
      public Storage reopened() {
        return empty;
      }

      @Override
      public String kind() {
        return "end of the process";
      }

      @Override
      public void close() {
        empty.close();
      }
    };
  }

  @Override
  public void close() {}
}
