package dev.espora.balancer;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a relay. Events are edge-triggered: epoll tells once that something
 * changed, so a paused end costs nothing, even one whose peer is gone, and the interest is changed
 * only when a write did not fit.
 */
final class RelayEnd implements EpollIoHandle {
  private static final int EPOLLHUP = 0x10;
  private static final EpollIoOps READ =
      EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
  private static final EpollIoOps READ_AND_WRITE = READ.with(EpollIoOps.EPOLLOUT);
  private static final byte[] NOTHING = {};

  final Socket socket;
  private final Relay relay;
  private final Worker worker;
  private @Nullable IoRegistration registration;

  /** Whether a read may find something: bytes, the end, or an error. */
  private boolean readable;

  /** The peer said that it ends, so a short read does not mean that nothing else waits. */
  private boolean ending;

  private boolean gone;
  private boolean deaf;
  private boolean finReceived;
  private boolean finSent;
  private boolean hasSent;

  /** What could not be sent yet, from {@link #heldFrom} on; reading the other end waits for it. */
  private byte[] held = NOTHING;

  private int heldFrom;

  /** Since when nothing of it could be sent. */
  private long stuckSinceNanos;

  RelayEnd(Relay relay, Worker worker, Socket socket) {
    this.relay = relay;
    this.worker = worker;
    this.socket = socket;
  }

  void register() throws IOException {
    registration = worker.register(this, READ);
  }

  /** Registers to learn when a connection attempt has ended. */
  void registerConnecting() throws IOException {
    registration = worker.register(this, READ_AND_WRITE);
  }

  void connected() {
    interest(READ);
  }

  /** Gives up the registration and what was kept, and leaves the socket open. */
  void unregister() {
    worker.heldBytes.add(heldFrom - held.length);
    held = NOTHING;
    heldFrom = 0;
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    EpollIoOps ops = ((EpollIoEvent) event).ops();
    boolean failed = ops.contains(EpollIoOps.EPOLLERR);
    gone |= (ops.value() & EPOLLHUP) != 0;
    if (gone || failed || ops.contains(EpollIoOps.EPOLLRDHUP)) {
      ending = true;
      readable = true;
    } else if (ops.contains(EpollIoOps.EPOLLIN)) {
      readable = true;
    }
    try {
      // An error and a hang-up end a connection attempt too.
      relay.ready(this, failed, failed || gone || ops.contains(EpollIoOps.EPOLLOUT));
    } catch (RuntimeException | Error e) {
      // No memory for held bytes, say: one connection must not end the loop of all the others.
      relay.close();
      Log.warn("closed a connection: " + e);
    }
  }

  @Override
  public void close() {
    relay.close();
  }

  boolean isReadable() {
    return readable && !finReceived;
  }

  boolean isBlocked() {
    return held.length > 0;
  }

  /** Bytes held times the seconds since the last of them went. */
  double greed(long now) {
    return (held.length - heldFrom) * ((now - stuckSinceNanos) / 1e9);
  }

  boolean finReceived() {
    return finReceived;
  }

  boolean finSent() {
    return finSent;
  }

  /** No byte can be sent any more; what was received before can still be read. */
  void stopSending() {
    deaf = true;
    gone = true;
    ending = true;
    readable = true;
  }

  /** No byte can be read any more either. */
  void stopReceiving() {
    gone = true;
    finReceived = true;
  }

  boolean isDeaf() {
    return deaf;
  }

  boolean takesBytes() {
    return !deaf && !isBlocked();
  }

  /** Whether the socket took a byte. */
  boolean hasSent() {
    return hasSent;
  }

  /** Neither direction of the peer works any more. */
  boolean isGone() {
    return gone;
  }

  /** Reads into the worker's scratch buffer; 0 if there is nothing now, -1 at the end. */
  int receive() throws IOException {
    ByteBuffer scratch = worker.scratch;
    int count = socket.recv(scratch, 0, scratch.capacity());
    if (count < 0) {
      finReceived = true;
    } else if (count == 0 || (count < scratch.capacity() && !ending)) {
      readable = false;
    }
    return count;
  }

  /** Sends the first bytes of the scratch buffer, and keeps a copy of what does not fit. */
  void send(int count) throws IOException {
    ByteBuffer scratch = worker.scratch;
    int sent = 0;
    while (sent < count) {
      int step = socket.send(scratch, sent, count);
      if (step == 0) {
        worker.hold(relay, count - sent);
        stuckSinceNanos = System.nanoTime();
        held = new byte[count - sent];
        heldFrom = 0;
        scratch.get(sent, held);
        interest(READ_AND_WRITE);
        return;
      }
      hasSent = true;
      sent += step;
    }
  }

  /** Sends what was kept, as far as it fits now. */
  void sendHeld() throws IOException {
    ByteBuffer scratch = worker.scratch;
    int count = held.length - heldFrom;
    scratch.put(0, held, heldFrom, count);
    int sent = 0;
    while (sent < count) {
      int step = socket.send(scratch, sent, count);
      if (step == 0) {
        break;
      }
      sent += step;
    }
    heldFrom += sent;
    worker.heldBytes.add(-sent);
    if (sent > 0) {
      stuckSinceNanos = System.nanoTime();
    }
    if (sent < count) {
      return;
    }
    held = NOTHING;
    heldFrom = 0;
    interest(READ);
  }

  /** Forwards the end of the other side's bytes. */
  void sendFin() throws IOException {
    if (!finSent) {
      finSent = true;
      socket.shutdown(false, true);
    }
  }

  private void interest(EpollIoOps ops) {
    if (registration != null) {
      registration.submit(ops);
    }
  }
}
