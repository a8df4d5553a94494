package dev.espora.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One question for all who ask at the same time: who comes while it is under way shares the next
 * one, since its own has to begin after it has come.
 *
 * <p>Safe for use by any number of threads. The question is asked on the thread of one who needs
 * it.
 */
final class Barrier {
  private final Runnable question;
  private @Nullable CompletableFuture<@Nullable Void> running;
  private @Nullable CompletableFuture<@Nullable Void> next;

  Barrier(Runnable question) {
    this.question = question;
  }

  /**
   * Waits for an answer to a question that was begun after the call.
   *
   * @throws RuntimeException what the question has thrown
   */
  void await() {
    CompletableFuture<@Nullable Void> mine;
    CompletableFuture<@Nullable Void> before;
    boolean first;
    synchronized (this) {
      before = running;
      if (before == null) {
        mine = new CompletableFuture<>();
        running = mine;
        first = true;
      } else {
        first = next == null;
        if (next == null) {
          next = new CompletableFuture<>();
        }
        mine = next;
      }
    }
    if (first) {
      if (before != null) {
        Group.await(before, Long.MAX_VALUE / 2);
        synchronized (this) {
          running = mine;
          next = null;
        }
      }
      ask(mine);
    }
    join(mine);
  }

  private void ask(CompletableFuture<@Nullable Void> mine) {
    try {
      question.run();
      done();
      mine.complete(null);
    } catch (RuntimeException | Error e) {
      done();
      mine.completeExceptionally(e);
    }
  }

  /** Whoever waits to be next goes on from here, else nobody asks. */
  private synchronized void done() {
    if (next == null) {
      running = null;
    }
  }

  private static void join(CompletableFuture<@Nullable Void> mine) {
    try {
      mine.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
