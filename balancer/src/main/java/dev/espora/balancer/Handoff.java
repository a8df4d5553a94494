package dev.espora.balancer;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands accepted sockets to one instance, over one unix stream connection.
 *
 * <pre>
 *   balancer → instance   one byte with one descriptor (SCM_RIGHTS), per client connection
 *   instance → balancer   one byte per descriptor, in the same order:
 *                           'A'  accepted; sent before anything is read of the descriptor
 *                           'R'  refused; nothing was and nothing will be read of it
 * </pre>
 *
 * <p>Our own descriptor stays open until the answer. If the connection dies before it, the instance
 * has read nothing, and the next upstream gets the client. If the answer does not come in time, the
 * instance may still wake up and read, so nobody else may have the client: it is cut off. The
 * connection is kept then, as its next answer tells that the instance is awake.
 */
final class Handoff implements EpollIoHandle {
  /** Most descriptors without an answer; the kernel, too, bounds those in flight. */
  static final int UNANSWERED_MAX = 128;

  private static final EpollIoOps READ =
      EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);

  private final Worker worker;
  private final Router router;
  private final UpstreamState state;
  private final long timeoutNanos;
  private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
  private @Nullable Socket socket;
  private @Nullable IoRegistration registration;
  private boolean checkScheduled;

  Handoff(Worker worker, Router router, UpstreamState state, BalancerLimits limits) {
    this.worker = worker;
    this.router = router;
    this.state = state;
    this.timeoutNanos = limits.handoffTimeout().toNanos();
  }

  /** Sends the client's descriptor, or gives the client back to the router. */
  void offer(Client client) {
    if (unanswered.size() >= UNANSWERED_MAX) {
      router.busy(client, state);
      return;
    }
    try {
      if (connection().sendFd(client.socket.intValue()) <= 0) {
        router.busy(client, state);
        return;
      }
    } catch (IOException | RuntimeException e) {
      if (router.isWantOfRoom(e)) {
        router.busy(client, state);
      } else {
        String reason = Sockets.reason(e);
        lost(reason);
        router.unreachable(client, state, reason);
      }
      return;
    }
    unanswered.add(new Sent(client, System.nanoTime()));
    scheduleCheck(timeoutNanos);
  }

  @Override
  public FileDescriptor fd() {
    if (socket == null) {
      throw new IllegalStateException("there is no connection");
    }
    return socket;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    // Answers that arrived before the connection died count, so read until there is nothing left.
    ByteBuffer scratch = worker.scratch;
    while (socket != null) {
      int count;
      try {
        count = socket.recv(scratch, 0, scratch.capacity());
      } catch (IOException | RuntimeException e) {
        lost(Sockets.reason(e));
        return;
      }
      if (count == 0) {
        return;
      }
      if (count < 0) {
        lost("it closed the connection");
        return;
      }
      byte[] answers = new byte[count];
      scratch.get(0, answers);
      for (byte answer : answers) {
        answered(answer);
      }
    }
  }

  @Override
  public void close() {
    disconnect();
    for (Sent sent : takeUnanswered()) {
      cutOff(sent);
    }
  }

  private Socket connection() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = Sockets.open(state.upstream.address());
      try {
        // A unix socket connects or fails at once.
        open.connect(state.target());
        socket = open;
        registration = worker.register(this, READ);
      } catch (IOException | RuntimeException e) {
        socket = null;
        Sockets.close(open);
        throw e;
      }
    }
    return open;
  }

  private void answered(byte answer) {
    Sent sent = unanswered.poll();
    if (sent == null || (answer != 'A' && answer != 'R')) {
      // Which descriptor is meant is unknown from here on, and so is who reads the others.
      if (sent != null) {
        unanswered.addFirst(sent);
      }
      for (Sent doubtful : takeUnanswered()) {
        cutOff(doubtful);
      }
      lost("it broke the protocol with the byte " + answer);
      return;
    }
    state.up();
    Client client = sent.client;
    if (client == null) {
      return;
    }
    sent.client = null;
    if (answer == 'R') {
      router.refused(client, state);
    } else {
      state.countServed();
      state.end();
      client.close();
    }
  }

  /** The connection is dead, so what has no answer was not read: the next upstream gets it. */
  private void lost(String reason) {
    disconnect();
    List<Sent> orphans = takeUnanswered();
    state.down(reason);
    for (Sent sent : orphans) {
      if (sent.client != null) {
        router.unreachable(sent.client, state, reason);
      }
    }
  }

  private void checkTimeout() {
    checkScheduled = false;
    long now = System.nanoTime();
    for (Sent sent : unanswered) {
      if (sent.client == null) {
        continue;
      }
      long leftNanos = timeoutNanos - (now - sent.nanos);
      if (leftNanos > 0) {
        scheduleCheck(leftNanos);
        return;
      }
      state.hung("no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
      cutOff(sent);
    }
  }

  private void scheduleCheck(long nanos) {
    if (!checkScheduled) {
      checkScheduled = true;
      var _ = worker.loop.schedule(this::checkTimeout, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void cutOff(Sent sent) {
    Client client = sent.client;
    if (client != null) {
      sent.client = null;
      state.countFailed();
      state.end();
      client.cut();
    }
  }

  private List<Sent> takeUnanswered() {
    List<Sent> taken = new ArrayList<>(unanswered);
    unanswered.clear();
    return taken;
  }

  private void disconnect() {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
    if (socket != null) {
      Sockets.close(socket);
      socket = null;
    }
  }

  /** A descriptor on its way; the client is null once it was cut off or answered for. */
  private static final class Sent {
    private @Nullable Client client;
    private final long nanos;

    private Sent(Client client, long nanos) {
      this.client = client;
      this.nanos = nanos;
    }
  }
}
