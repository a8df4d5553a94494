package dev.espora.balancer;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Copies bytes between a client and an upstream until both have ended. An end is read only while
 * the other one has nothing left to send, so a direction never holds more than one read.
 */
final class Relay {
  /** Reads of one end before other connections of the loop get their turn. */
  private static final int READS_PER_TURN = 16;

  /** How long a client may be silent that has got all of the answer of an upstream that is gone. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LINGER_MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Worker worker;
  private final Router router;
  private final Client client;
  private final UpstreamState state;
  private final RelayEnd clientEnd;
  private @Nullable RelayEnd upstreamEnd;
  private @Nullable Future<?> connectTimer;
  private boolean connecting = true;
  private boolean closed;

  /** Until when an upstream that ends the connection before a byte counts as refusing it. */
  private long refusalEndNanos;

  /** Whether the upstream took a byte, or gave one: from then on no other one can step in. */
  private boolean committed;

  private long lastMoveNanos = System.nanoTime();

  /** Whether the upstream is gone, and only the client's end is waited for. */
  private boolean lingering;

  private long lingerEndNanos;

  /** Whether bytes of the client were dropped since that was last asked. */
  private boolean droppedSince = true;

  Relay(Worker worker, Router router, Client client, UpstreamState state) {
    this.worker = worker;
    this.router = router;
    this.client = client;
    this.state = state;
    this.clientEnd = new RelayEnd(this, worker, client.socket);
  }

  void connect(Duration timeout) {
    refusalEndNanos = System.nanoTime() + timeout.toNanos();
    Socket socket = null;
    try {
      socket = Sockets.open(state.upstream.address());
      boolean done = socket.connect(state.target());
      RelayEnd end = new RelayEnd(this, worker, socket);
      upstreamEnd = end;
      worker.add(this);
      if (done) {
        end.register();
        connected(end);
      } else {
        end.registerConnecting();
        connectTimer =
            worker.loop.schedule(
                () -> abandonUpstream("no connection within " + timeout.toMillis() + " ms"),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
      }
    } catch (IOException | RuntimeException e) {
      closed = true;
      release(socket);
      if (router.isWantOfRoom(e)) {
        router.busy(client, state);
      } else {
        router.unreachable(client, state, Sockets.reason(e));
      }
    }
  }

  /** An event of one end. */
  void ready(RelayEnd end, boolean failed, boolean writable) {
    if (closed) {
      return;
    }
    RelayEnd upstream = upstreamEnd;
    if (upstream == null) {
      return;
    }
    if (connecting) {
      if (end == upstream && writable) {
        finishConnect(upstream);
      }
      return;
    }
    if (failed && end == clientEnd) {
      broken(clientEnd);
      return;
    }
    RelayEnd other = end == clientEnd ? upstream : clientEnd;
    if (writable && end.isBlocked()) {
      try {
        end.sendHeld();
        lastMoveNanos = System.nanoTime();
      } catch (IOException | RuntimeException e) {
        broken(end);
        return;
      }
      pump(other, end);
    }
    pump(end, other);
  }

  long idleNanos(long now) {
    return now - lastMoveNanos;
  }

  /** How much of the room that all connections share this one takes, and for how long. */
  double greed(long now) {
    return clientEnd.greed(now) + (upstreamEnd == null ? 0 : upstreamEnd.greed(now));
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    release(upstreamEnd == null ? null : upstreamEnd.socket);
    client.close();
    state.end();
  }

  private void finishConnect(RelayEnd upstream) {
    try {
      if (!upstream.socket.finishConnect()) {
        return;
      }
      upstream.connected();
      connected(upstream);
    } catch (IOException | RuntimeException e) {
      abandonUpstream(Sockets.reason(e));
    }
  }

  private void connected(RelayEnd upstream) throws IOException {
    connecting = false;
    cancelTimer();
    state.countServed();
    lastMoveNanos = System.nanoTime();
    if (state.upstream.address() instanceof Address.Tcp) {
      upstream.socket.setTcpNoDelay(true);
    }
    clientEnd.register();
    byte[] unsent = client.unsent();
    if (unsent != null) {
      worker.scratch.put(0, unsent);
      forward(upstream, unsent.length);
    }
  }

  /** Moves what one end has to the other, as far as the other takes it. */
  private void pump(RelayEnd from, RelayEnd to) {
    for (int reads = 0; !closed && from.isReadable() && (to.isDeaf() || to.takesBytes()); reads++) {
      if (reads == READS_PER_TURN) {
        worker.loop.execute(() -> pump(from, to));
        return;
      }
      int count;
      try {
        count = from.receive();
      } catch (IOException | RuntimeException e) {
        from.stopReceiving();
        broken(from);
        return;
      }
      if (count < 0 && from != clientEnd && mayStepIn()) {
        abandonUpstream("it closed the connection");
        return;
      }
      // What a deaf upstream will never take is dropped: left unread, it would turn our close
      // into a reset, and that would take the rest of the answer from the client.
      droppedSince |= count > 0 && to.isDeaf();
      if (count > 0 && !to.isDeaf()) {
        lastMoveNanos = System.nanoTime();
        committed |= from != clientEnd;
        forward(to, count);
      }
    }
    if (!closed && lingering && clientEnd.finReceived()) {
      close();
    } else if (!closed && from.finReceived() && to.takesBytes()) {
      ended(from, to);
    }
  }

  private void forward(RelayEnd to, int count) {
    try {
      to.send(count);
      committed = true;
    } catch (IOException | RuntimeException e) {
      committed |= to.hasSent();
      if (to != clientEnd && mayStepIn()) {
        byte[] unsent = new byte[count];
        worker.scratch.get(0, unsent);
        client.keepUnsent(unsent);
      }
      broken(to);
    }
  }

  private void ended(RelayEnd from, RelayEnd to) {
    try {
      to.sendFin();
    } catch (IOException | RuntimeException e) {
      close();
      return;
    }
    if (from != clientEnd && from.isGone() && !clientEnd.finReceived()) {
      linger(from);
    } else if (from.isGone() || (to.finReceived() && from.finSent())) {
      close();
    }
  }

  /**
   * The upstream is gone, and the client still sends: a socket that is closed with bytes unread is
   * reset, and that takes from the client what it has not read of the answer. So what comes is
   * dropped until the client ends, or has been silent for a while.
   */
  private void linger(RelayEnd upstream) {
    upstream.stopSending();
    if (!lingering) {
      lingering = true;
      lingerEndNanos = System.nanoTime() + LINGER_MOST_NANOS;
      checkLingering();
    }
    pump(clientEnd, upstream);
  }

  private void checkLingering() {
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    if (clientEnd.finReceived() || !droppedSince || now - lingerEndNanos > 0) {
      close();
      return;
    }
    droppedSince = false;
    var _ = worker.loop.schedule(this::checkLingering, LINGER_NANOS, TimeUnit.NANOSECONDS);
  }

  /** An end was reset, or does not take bytes any more. */
  private void broken(RelayEnd end) {
    if (closed) {
      return;
    }
    if (end == clientEnd) {
      clientBroken();
    } else if (mayStepIn()) {
      abandonUpstream("it reset the connection");
    } else if (!end.finReceived()) {
      // It may have answered before it went: the client gets what there is.
      end.stopSending();
      pump(end, clientEnd);
    } else if (clientEnd.takesBytes()) {
      ended(end, clientEnd);
    }
  }

  private void clientBroken() {
    if (upstreamEnd != null && state.upstream.address() instanceof Address.Tcp) {
      try {
        // The upstream learns of a reset by a reset: it need not work on an answer any more.
        upstreamEnd.socket.setSoLinger(0);
      } catch (IOException | RuntimeException e) {
        // It has gone as well.
      }
    }
    close();
  }

  /** Whether another upstream can still have the client, which then never notices. */
  private boolean mayStepIn() {
    return !committed && !clientEnd.finReceived() && System.nanoTime() - refusalEndNanos < 0;
  }

  /** The upstream did not take a byte, so the client goes to another one. */
  private void abandonUpstream(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    release(upstreamEnd == null ? null : upstreamEnd.socket);
    if (connecting) {
      router.unreachable(client, state, reason);
    } else {
      router.refused(client, state);
    }
  }

  private void release(@Nullable Socket upstreamSocket) {
    worker.remove(this);
    cancelTimer();
    clientEnd.unregister();
    if (upstreamSocket != null) {
      if (upstreamEnd != null) {
        upstreamEnd.unregister();
      }
      Sockets.close(upstreamSocket);
    }
  }

  private void cancelTimer() {
    if (connectTimer != null) {
      connectTimer.cancel(false);
      connectTimer = null;
    }
  }
}
