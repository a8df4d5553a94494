package dev.espora.bank;

import dev.espora.db.Database;
import dev.espora.db.Partition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One account and its partition, which is opened when it is first needed. */
final class Ledger {
  /** Opening reads files, and callers may be event loops. */
  private static final Executor OPENER =
      task -> Thread.ofVirtual().name("open-account").start(task);

  private final Database database;
  private final long id;
  private final long limit;
  private final AtomicReference<
          @Nullable CompletableFuture<Partition<Account, AccountCommand, Outcome>>>
      opening = new AtomicReference<>();

  Ledger(Database database, long id, long limit) {
    this.database = database;
    this.id = id;
    this.limit = limit;
  }

  long limit() {
    return limit;
  }

  CompletionStage<Partition<Account, AccountCommand, Outcome>> partition() {
    CompletableFuture<Partition<Account, AccountCommand, Outcome>> current = opening.get();
    if (current != null && !current.isCompletedExceptionally()) {
      return current;
    }
    // The first request, or the first after a failure: what failed may have been put right.
    CompletableFuture<Partition<Account, AccountCommand, Outcome>> mine = new CompletableFuture<>();
    if (opening.compareAndSet(current, mine)) {
      mine.completeAsync(
          () -> database.partition("account-" + id, new AccountMachine(limit)), OPENER);
      return mine;
    }
    return partition();
  }
}
