package dev.espora.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the open connections of a server: none beyond the cap, none once it is closed. */
final class Admission {
  private final int cap;
  private final AtomicInteger open = new AtomicInteger();
  private final CompletableFuture<Void> emptied = new CompletableFuture<>();
  private volatile boolean closed;

  Admission(int cap) {
    this.cap = cap;
  }

  /** Whether one more connection may come in; if so, {@link #leave} must follow one day. */
  boolean tryEnter() {
    if (open.incrementAndGet() > cap || closed) {
      leave();
      return false;
    }
    return true;
  }

  void leave() {
    if (open.decrementAndGet() == 0 && closed) {
      emptied.complete(null);
    }
  }

  int open() {
    return open.get();
  }

  /** Lets nobody in any more. The future completes when the last one has left. */
  CompletableFuture<Void> close() {
    closed = true;
    if (open.get() == 0) {
      emptied.complete(null);
    }
    return emptied;
  }
}
