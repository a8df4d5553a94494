package dev.espora.balancer;

import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Whether an upstream takes connections, and how many it has. One that refused is down: it gets no
 * client until an attempt of our own got through, so that no client pays for trying. Thread-safe.
 */
final class UpstreamState {
  private static final Duration BACKOFF_MIN = Duration.ofMillis(50);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(1);

  final int index;
  final Upstream upstream;

  private final EventExecutor timer;
  private final int connectTimeoutMillis;
  private final AtomicInteger active = new AtomicInteger();
  private final LongAdder served = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile SocketAddress target;
  private volatile boolean up = true;
  private boolean probing;
  private Duration backoff = BACKOFF_MIN;

  UpstreamState(int index, Upstream upstream, EventExecutor timer, Duration connectTimeout) {
    this.index = index;
    this.upstream = upstream;
    this.timer = timer;
    this.connectTimeoutMillis = Math.toIntExact(connectTimeout.toMillis());
    this.target = Sockets.resolve(upstream.address());
  }

  /** Where to connect; throws if the host name has no address now. */
  SocketAddress target() throws IOException {
    SocketAddress now = target;
    if (now instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new IOException("the host name " + inet.getHostString() + " has no address");
    }
    return now;
  }

  boolean isUp() {
    return up;
  }

  void begin() {
    active.incrementAndGet();
  }

  void end() {
    active.decrementAndGet();
  }

  void countServed() {
    served.increment();
  }

  void countFailed() {
    failed.increment();
  }

  int active() {
    return active.get();
  }

  BalancerStatistics.UpstreamStatistics statistics() {
    return new BalancerStatistics.UpstreamStatistics(
        upstream, up, active.get(), served.sum(), failed.sum());
  }

  /** The upstream refused, or died: try it again later, again and again. */
  synchronized void down(String reason) {
    setDown(reason);
    if (!probing) {
      probing = true;
      backoff = BACKOFF_MIN;
      scheduleProbe();
    }
  }

  /**
   * The instance is there but does not answer. Its unix socket would take a connection of ours all
   * the same, so trying tells nothing: it is up again when it answers, or down when it dies.
   */
  synchronized void hung(String reason) {
    setDown(reason);
  }

  synchronized void up() {
    if (!up) {
      up = true;
      Log.info("upstream " + upstream + " is up again");
    }
  }

  private void setDown(String reason) {
    if (up) {
      up = false;
      Log.warn("upstream " + upstream + " is down: " + reason);
    }
  }

  private void scheduleProbe() {
    try {
      var _ =
          timer.schedule(
              () -> Thread.ofVirtual().name("espora-balancer-probe").start(this::probe),
              backoff.toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The balancer was closed.
    }
  }

  private void probe() {
    boolean reached = connects();
    synchronized (this) {
      if (reached) {
        probing = false;
        up();
      } else {
        Duration doubled = backoff.multipliedBy(2);
        backoff = doubled.compareTo(BACKOFF_MAX) < 0 ? doubled : BACKOFF_MAX;
        scheduleProbe();
      }
    }
  }

  private boolean connects() {
    try {
      switch (upstream.address()) {
        case Address.Unix unix -> {
          try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A full backlog does not fail here: the owner of the socket lives.
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(unix.path()));
          }
        }
        case Address.Tcp tcp -> {
          // The name is looked up anew: an instance may come back with another address.
          InetSocketAddress resolved = new InetSocketAddress(tcp.host(), tcp.port());
          target = resolved;
          try (java.net.Socket socket = new java.net.Socket()) {
            socket.connect(resolved, connectTimeoutMillis);
          }
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
