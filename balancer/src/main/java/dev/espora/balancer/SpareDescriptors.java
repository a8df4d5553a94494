package dev.espora.balancer;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Descriptors held back for the time when none are left. A JVM without a single descriptor cannot
 * load a class or write a log line any more, and such a failure would end an event loop. So the
 * spare ones are freed when descriptors run out, and no connection begins until they could be taken
 * again. Thread-safe.
 */
final class SpareDescriptors implements AutoCloseable {
  private static final int COUNT = 16;
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final Address.Unix ANY_UNIX = new Address.Unix(Path.of("spare"));

  private final ArrayDeque<Socket> held = new ArrayDeque<>();
  private volatile boolean complete;
  private boolean closed;
  private long nextTryNanos = System.nanoTime();

  /** Whether a connection may begin. */
  boolean available() {
    return complete || take();
  }

  /** Descriptors ran out: frees the spare ones. */
  synchronized void free() {
    complete = false;
    nextTryNanos = System.nanoTime() + RETRY_NANOS;
    for (Socket socket = held.poll(); socket != null; socket = held.poll()) {
      Sockets.close(socket);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    free();
  }

  private synchronized boolean take() {
    if (complete) {
      return true;
    }
    if (closed || System.nanoTime() - nextTryNanos < 0) {
      return false;
    }
    try {
      while (held.size() < COUNT) {
        held.add(Sockets.open(ANY_UNIX));
      }
      complete = true;
    } catch (IOException e) {
      free();
    }
    return complete;
  }
}
