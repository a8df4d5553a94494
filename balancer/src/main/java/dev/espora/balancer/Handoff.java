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
        settle(receive(reason));
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
    settle(receive(null));
  }

  @Override
  public void close() {
    Received last = receive("the balancer is closed");
    last.orphans.forEach(this::cutOff); // the instance may have read of them
    settle(last);
  }

  /**
   * What one look at the connection has brought. All of it belongs to a descriptor before anything
   * is done about it, since that may lead back here.
   *
   * @param orphans those without an answer where the connection has ended
   * @param doubtful those of which nobody knows who reads them
   * @param end why the connection has ended; null if it has not
   */
  private record Received(
      List<Sent> accepted,
      List<Sent> refused,
      List<Sent> orphans,
      List<Sent> doubtful,
      @Nullable String end) {}

  /**
   * Reads until there is nothing left: answers that arrived before the connection died count.
   *
   * @param dead why the connection is of no use any more; null if it is, as far as is known
   */
  private Received receive(@Nullable String dead) {
    List<Sent> accepted = new ArrayList<>();
    List<Sent> refused = new ArrayList<>();
    List<Sent> doubtful = new ArrayList<>();
    String end = pair(accepted, refused, doubtful);
    end = end == null ? dead : end;
    List<Sent> orphans = List.of();
    if (end != null) {
      disconnect();
      orphans = takeUnanswered();
    }
    return new Received(accepted, refused, orphans, doubtful, end);
  }

  /** Finds the descriptor of each answer; says why there will be no more, null if there may be. */
  private @Nullable String pair(List<Sent> accepted, List<Sent> refused, List<Sent> doubtful) {
    ByteBuffer scratch = worker.scratch;
    while (socket != null) {
      int count;
      try {
        count = socket.recv(scratch, 0, scratch.capacity());
      } catch (IOException | RuntimeException e) {
        return Sockets.reason(e);
      }
      if (count <= 0) {
        return count == 0 ? null : "it closed the connection";
      }
      for (int i = 0; i < count; i++) {
        byte answer = scratch.get(i);
        if (unanswered.isEmpty() || (answer != 'A' && answer != 'R')) {
          // Which descriptor is meant is unknown from here on, and so is who reads the others.
          doubtful.addAll(takeUnanswered());
          return "it broke the protocol with the byte " + answer;
        }
        (answer == 'A' ? accepted : refused).add(unanswered.remove());
      }
    }
    return null;
  }

  private void settle(Received received) {
    if (!received.accepted.isEmpty() || !received.refused.isEmpty()) {
      state.up();
    }
    if (received.end != null) {
      state.down(received.end);
    }
    received.doubtful.forEach(this::cutOff);
    for (Sent sent : received.accepted) {
      Client client = sent.take();
      if (client != null) {
        state.countServed();
        state.end();
        client.close();
      }
    }
    for (Sent sent : received.refused) {
      Client client = sent.take();
      if (client != null) {
        router.refused(client, state);
      }
    }
    // What has no answer was not read: the next upstream gets it.
    for (Sent sent : received.orphans) {
      Client client = sent.take();
      if (client != null) {
        router.unreachable(client, state, String.valueOf(received.end));
      }
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
    Client client = sent.take();
    if (client != null) {
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

    /** The client, for once; null if it was cut off. */
    private @Nullable Client take() {
      Client taken = client;
      client = null;
      return taken;
    }
  }
}
