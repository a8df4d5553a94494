package dev.espora.cli;

import dev.espora.db.Database;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends an instance whose database is poisoned, by its own failure or another process's: only
 * opening it again brings it back.
 */
final class PoisonWatch implements AutoCloseable {
  private static final long PERIOD_MILLIS = 250;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("poison-watch").daemon().factory());
  private final Database database;
  private final Lifetime lifetime;

  private PoisonWatch(Database database, Lifetime lifetime) {
    this.database = database;
    this.lifetime = lifetime;
  }

  /** Looks again and again, which costs one read of shared memory each time. */
  static PoisonWatch start(Database database, Lifetime lifetime) {
    PoisonWatch watch = new PoisonWatch(database, lifetime);
    var _ =
        watch.timer.scheduleWithFixedDelay(
            watch::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  boolean poisoned() {
    return database.isPoisoned();
  }

  private void look() {
    if (poisoned()) {
      lifetime.fail(
          new CommandFailed(
              "a write or sync of the database failed, here or in another process; it must be opened again"));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
