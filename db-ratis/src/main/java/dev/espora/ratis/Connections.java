package dev.espora.ratis;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.impl.RaftClientRpcWithProxy;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.util.PeerProxyMap;

/**
 * The connections by which this node asks others, one to each. With Ratis, one that has failed, and
 * be it that its node does not lead, is of no use any more; and closing it waits for what is under
 * way on it, for seconds where nobody answers. So whoever finds it failed goes on with another one
 * at once, and nobody waits for the closing.
 *
 * <p>Safe for use by any number of threads.
 */
final class Connections {
  /** A node that is away is not tried more often than this. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final RaftClient client;
  private final PeerProxyMap<?> proxies;

  /** When each node's connection was last given up. */
  private final Map<RaftPeerId, Long> renewed = new HashMap<>();

  Connections(RaftClient client) {
    this.client = client;
    this.proxies = ((RaftClientRpcWithProxy<?>) client.getClientRpc()).getProxies();
  }

  /** Who this node is to those it asks. */
  ClientId id() {
    return client.getId();
  }

  /** Makes the addresses of nodes known, which may have joined since the start. */
  void learn(Collection<RaftPeer> nodes) {
    client.getClientRpc().addRaftPeers(nodes);
  }

  /**
   * Sends a request to the node that it names, once.
   *
   * @throws IOException if there is no connection to it, because its address was not learnt yet say
   */
  CompletableFuture<RaftClientReply> send(RaftClientRequest request) throws IOException {
    RaftPeerId node = request.getServerId();
    Object connection = connection(node);
    return client
        .getClientRpc()
        .sendRequestAsyncUnordered(request)
        .whenComplete((_, failure) -> {
          if (failure != null) {
            renew(node, connection);
          }
        });
  }

  private Object connection(RaftPeerId node) throws IOException {
    try {
      return proxies.getProxy(node);
    } catch (RuntimeException e) { // of a node that it does not know
      throw new IOException("there is no connection to node " + node, e);
    }
  }

  /** Unless somebody else has. */
  private synchronized void renew(RaftPeerId node, Object failed) {
    long now = System.nanoTime();
    Long last = renewed.get(node);
    if (isCurrent(node, failed) && (last == null || now - last >= PAUSE_NANOS)) {
      renewed.put(node, now);
      var _ =
          Thread.ofVirtual().name("espora-ratis-reconnect").start(() -> proxies.resetProxy(node));
    }
  }

  private boolean isCurrent(RaftPeerId node, Object connection) {
    try {
      return connection.equals(connection(node));
    } catch (IOException e) {
      return false; // all are being closed
    }
  }
}
