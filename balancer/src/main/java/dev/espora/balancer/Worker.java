package dev.espora.balancer;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One event loop with what its connections share. Both ends of a connection stay on the loop that
 * the connection was given to, so nothing of a connection needs a lock.
 */
final class Worker {
  private static final long SWEEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  final IoEventLoop loop;

  /** Every read of this loop goes here first; what cannot be sent on at once is copied out. */
  final ByteBuffer scratch;

  /** What this loop's connections hold for slow readers. */
  final LongAdder heldBytes = new LongAdder();

  private final Log log = new Log();
  private final long maxHeldBytes;
  private final Set<Relay> relays = new HashSet<>();
  private final long idleNanos;

  /**
   * @param loops how many workers share what may be held in all
   */
  Worker(IoEventLoop loop, BalancerLimits limits, int loops) {
    this.loop = loop;
    this.maxHeldBytes = Math.max(limits.maxHeldBytes() / loops, limits.bufferBytes());
    this.scratch = ByteBuffer.allocateDirect(limits.bufferBytes());
    this.idleNanos = limits.idleTimeout().toNanos();
    long sweepNanos = Math.min(SWEEP_NANOS_MAX, Math.max(idleNanos / 4, 1));
    var _ =
        loop.scheduleWithFixedDelay(this::closeIdle, sweepNanos, sweepNanos, TimeUnit.NANOSECONDS);
  }

  /** Registers a descriptor with this loop's epoll; call it on the loop. */
  IoRegistration register(EpollIoHandle handle, EpollIoOps interest) throws IOException {
    Future<IoRegistration> registered = loop.register(handle);
    IoRegistration registration = registered.getNow();
    if (registration == null) {
      throw new IOException("cannot register with epoll", registered.cause());
    }
    try {
      registration.submit(interest);
    } catch (RuntimeException e) {
      registration.cancel();
      throw new IOException("cannot register with epoll", e);
    }
    return registration;
  }

  /**
   * Counts bytes in that a connection has to hold. If all of them together would hold too many, the
   * greediest go: those that read nothing must not cost those that do their connections.
   *
   * @throws IOException if the connection is the greediest itself
   */
  void hold(Relay relay, int bytes) throws IOException {
    while (heldBytes.sum() + bytes > maxHeldBytes) {
      String reason = maxHeldBytes + " bytes are held for slow readers";
      log.warnNowAndThen("closed a connection: " + reason);
      Relay greediest = greediest();
      if (greediest == null || greediest == relay) {
        throw new IOException(reason);
      }
      greediest.close();
    }
    heldBytes.add(bytes);
  }

  private @Nullable Relay greediest() {
    long now = System.nanoTime();
    Relay greediest = null;
    double most = 0;
    for (Relay relay : relays) {
      double greed = relay.greed(now);
      if (greed > most) {
        greediest = relay;
        most = greed;
      }
    }
    return greediest;
  }

  void add(Relay relay) {
    relays.add(relay);
  }

  void remove(Relay relay) {
    relays.remove(relay);
  }

  void closeAll() {
    for (Relay relay : new ArrayList<>(relays)) {
      relay.close();
    }
  }

  private void closeIdle() {
    long now = System.nanoTime();
    for (Relay relay : new ArrayList<>(relays)) {
      if (relay.idleNanos(now) >= idleNanos) {
        relay.close();
      }
    }
  }
}
