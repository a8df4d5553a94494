package dev.espora.balancer;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Who may come in: counts connections in total and per source, and holds both to their caps. */
final class Admission {
  private final Log totalLog = new Log();
  private final Log sourceLog = new Log();
  private final int maxTotal;
  private final int maxPerSource;
  private final AtomicInteger active = new AtomicInteger();
  private final ConcurrentHashMap<InetAddress, Integer> perSource = new ConcurrentHashMap<>();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();

  Admission(BalancerLimits limits) {
    maxTotal = limits.maxConnections();
    maxPerSource = limits.maxConnectionsPerSource();
  }

  /** Counts a connection in; where it may not come in, counts it as refused and returns false. */
  boolean enter(@Nullable InetAddress source) {
    accepted.increment();
    if (active.incrementAndGet() > maxTotal) {
      ended();
      refused.increment();
      totalLog.warnNowAndThen(
          "refused a connection: the cap of " + maxTotal + " connections is reached");
      return false;
    }
    if (source != null && perSource.merge(source, 1, Integer::sum) > maxPerSource) {
      leave(source);
      refused.increment();
      sourceLog.warnNowAndThen(
          "refused a connection of %s: the cap of %d connections of one source is reached"
              .formatted(source.getHostAddress(), maxPerSource));
      return false;
    }
    return true;
  }

  void leave(@Nullable InetAddress source) {
    if (source != null) {
      perSource.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
    }
    ended();
  }

  void countRefused() {
    refused.increment();
  }

  private void ended() {
    if (active.decrementAndGet() == 0) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /** Waits until no connection is left; false if the time is up before. */
  synchronized boolean awaitNone(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (active.get() > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  int active() {
    return active.get();
  }

  long accepted() {
    return accepted.sum();
  }

  long refused() {
    return refused.sum();
  }
}
