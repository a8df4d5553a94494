package dev.espora.balancer;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Takes a client to an upstream: to the next one if an upstream did not take it, and to the door if
 * none does. One per worker, on its loop.
 */
final class Router {
  private static final long BUSY_PAUSE_MILLIS = 5;

  private final Worker worker;
  private final Upstreams upstreams;
  private final BalancerLimits limits;
  private final Log log = new Log();
  private final SpareDescriptors spare;
  private final Handoff[] handoffs;
  private final long handoffMask;

  /** Clients for whom there was no room anywhere a moment ago. */
  private final Set<Client> waiting = new HashSet<>();

  private boolean closed;

  Router(Worker worker, Upstreams upstreams, BalancerLimits limits, SpareDescriptors spare) {
    this.worker = worker;
    this.upstreams = upstreams;
    this.limits = limits;
    this.spare = spare;
    this.handoffs = new Handoff[upstreams.states().size()];
    long mask = 0;
    for (UpstreamState state : upstreams.states()) {
      if (state.upstream.delivery() == Upstream.Delivery.HANDOFF) {
        handoffs[state.index] = new Handoff(worker, this, state, limits);
        mask |= 1L << state.index;
      }
    }
    handoffMask = mask;
  }

  /** Finds the client an upstream that it has not tried yet. */
  void route(Client client) {
    if (closed) {
      client.refuse();
      return;
    }
    // What was read of a client already cannot be handed over with its socket.
    long excluded = client.tried() | (client.unsent() == null ? 0 : handoffMask);
    UpstreamState state = upstreams.choose(excluded);
    if (state == null) {
      noneLeft(client);
      return;
    }
    client.addTried(state.index);
    if (!spare.available()) {
      busy(client, state);
      return;
    }
    if (state.upstream.delivery() == Upstream.Delivery.HANDOFF) {
      handoffs[state.index].offer(client);
    } else {
      new Relay(worker, this, client, state).connect(limits.connectTimeout());
    }
  }

  /** The upstream did not take the client because it is not there. */
  void unreachable(Client client, UpstreamState state, String reason) {
    state.end();
    state.countFailed();
    state.down(reason);
    route(client);
  }

  /** The upstream said that it does not take the client. */
  void refused(Client client, UpstreamState state) {
    state.end();
    state.countFailed();
    route(client);
  }

  /** The upstream has no room for the client just now, or we lack a descriptor. */
  void busy(Client client, UpstreamState state) {
    state.end();
    client.upstreamBusy();
    route(client);
  }

  /** Whether an attempt failed for want of room, here or there, rather than of an upstream. */
  boolean isWantOfRoom(Exception e) {
    if (Sockets.isExhausted(e)) {
      spare.free();
      return true;
    }
    return e instanceof IOException io && Sockets.isBacklogFull(io);
  }

  void close() {
    closed = true;
    for (Handoff handoff : handoffs) {
      if (handoff != null) {
        handoff.close();
      }
    }
    waiting.forEach(Client::refuse);
    waiting.clear();
    worker.closeAll();
  }

  private void noneLeft(Client client) {
    if (client.startOver()) {
      waiting.add(client);
      var _ =
          worker.loop.schedule(
              () -> {
                if (waiting.remove(client)) {
                  route(client);
                }
              },
              BUSY_PAUSE_MILLIS,
              TimeUnit.MILLISECONDS);
      return;
    }
    log.warnNowAndThen(
        upstreams.allDown()
            ? "closed a connection: all upstreams are down"
            : "closed a connection: no upstream took it");
    client.refuse();
  }
}
