package dev.espora.cli;

import dev.espora.bank.Accounts;
import dev.espora.bank.Bank;
import dev.espora.db.DatabaseException;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
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
  private final Lifetime lifetime;
  private volatile boolean poisoned;

  private PoisonWatch(Lifetime lifetime) {
    this.lifetime = lifetime;
  }

  /** Looks at one account again and again; which one does not matter. */
  static PoisonWatch start(Bank bank, Accounts accounts, Lifetime lifetime) {
    PoisonWatch watch = new PoisonWatch(lifetime);
    OptionalLong known =
        accounts.limits().keySet().stream()
            .mapToLong(Long::longValue)
            .filter(id -> bank.limit(id).isPresent())
            .findFirst();
    if (known.isPresent()) {
      long id = known.getAsLong();
      var _ =
          watch.timer.scheduleWithFixedDelay(
              () -> watch.look(bank, id), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
    return watch;
  }

  boolean poisoned() {
    return poisoned;
  }

  private void look(Bank bank, long id) {
    bank.statement(id)
        .whenComplete((statement, failure) -> {
          Throwable cause =
              failure instanceof CompletionException && failure.getCause() != null
                  ? failure.getCause()
                  : failure;
          if (cause instanceof DatabaseException.Poisoned) {
            poisoned = true;
            lifetime.fail(new CommandFailed(String.valueOf(cause.getMessage())));
          }
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
