package dev.espora.bank;

import dev.espora.db.Database;
import dev.espora.db.Partition;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One account and its partition, which is opened when it is first needed. Whoever asks while it
 * opens gets it in the order of asking: the futures that wait for one other future would get it the
 * other way round, and so would the commands of one connection.
 */
final class Ledger {
  private final Database database;
  private final long id;
  private final long limit;

  private final ArrayDeque<CompletableFuture<Partition<Account, AccountCommand, Outcome>>> waiting =
      new ArrayDeque<>();
  private boolean opening;
  private volatile @Nullable CompletionStage<Partition<Account, AccountCommand, Outcome>> opened;

  Ledger(Database database, long id, long limit) {
    this.database = database;
    this.id = id;
    this.limit = limit;
  }

  long limit() {
    return limit;
  }

  CompletionStage<Partition<Account, AccountCommand, Outcome>> partition() {
    CompletionStage<Partition<Account, AccountCommand, Outcome>> done = opened;
    return done != null ? done : wanted();
  }

  private synchronized CompletionStage<Partition<Account, AccountCommand, Outcome>> wanted() {
    CompletionStage<Partition<Account, AccountCommand, Outcome>> done = opened;
    if (done != null) {
      return done;
    }
    CompletableFuture<Partition<Account, AccountCommand, Outcome>> mine = new CompletableFuture<>();
    waiting.add(mine);
    if (!opening) {
      // The first request, or the first after a failure: what failed may have been put right.
      opening = true;
      // Opening reads files, and callers may be event loops.
      var _ = Thread.ofVirtual().name("open-account").start(this::open);
    }
    return mine;
  }

  private void open() {
    try {
      Partition<Account, AccountCommand, Outcome> partition =
          database.partition("account-" + id, new AccountMachine(limit));
      CompletionStage<Partition<Account, AccountCommand, Outcome>> done =
          CompletableFuture.completedStage(partition);
      for (var next = next(done); next != null; next = next(done)) {
        next.complete(partition);
      }
    } catch (Throwable e) { // Whoever waits would do so for ever.
      for (var next = next(null); next != null; next = next(null)) {
        next.completeExceptionally(e);
      }
    }
  }

  /** The next to be served; with the last one of them, what those who come later get is set. */
  private synchronized @Nullable CompletableFuture<Partition<Account, AccountCommand, Outcome>>
      next(@Nullable CompletionStage<Partition<Account, AccountCommand, Outcome>> then) {
    CompletableFuture<Partition<Account, AccountCommand, Outcome>> next = waiting.poll();
    if (next == null) {
      opening = false;
      opened = then;
    }
    return next;
  }
}
