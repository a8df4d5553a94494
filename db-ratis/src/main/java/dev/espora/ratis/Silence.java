package dev.espora.ratis;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/**
 * Gives up connections to those this node leads, on which nothing was answered for long though they
 * can be reached. TCP tries ever more rarely, so that a network which was gone for an hour would be
 * of use an hour after it is back. A process that is gone need not be looked after: connections to
 * it fail at once.
 *
 * <p>For use by one thread.
 */
final class Silence {
  private static final int LONG_MILLIS = 3000;
  private static final int REACHED_WITHIN_MILLIS = 1000;

  private final RaftServer server;

  /** When it was last tried to reach each. */
  private final Map<RaftPeerId, Long> tried = new HashMap<>();

  Silence(RaftServer server) {
    this.server = server;
  }

  /** Called now and then. */
  void look(List<Group> groups) {
    long now = System.nanoTime();
    silent(groups)
        .forEach((node, each) -> {
          Long last = tried.get(node);
          if (each.getLastRpcElapsedTimeMs() >= LONG_MILLIS
              && (last == null || now - last >= TimeUnit.MILLISECONDS.toNanos(LONG_MILLIS))) {
            tried.put(node, now);
            var _ =
                Thread.ofVirtual()
                    .name("espora-ratis-reconnect")
                    .start(() -> renew(node, each.getId().getAddress()));
          }
        });
  }

  /** Of each node that this one leads in any group, since the groups share a connection. */
  private static Map<RaftPeerId, ServerRpcProto> silent(List<Group> groups) {
    Map<RaftPeerId, ServerRpcProto> silent = new HashMap<>();
    for (Group group : groups) {
      var leading = group.division().getInfo().getRoleInfoProto().getLeaderInfo();
      for (ServerRpcProto each : leading.getFollowerInfoList()) {
        silent.merge(RaftPeerId.valueOf(each.getId().getId()), each, Silence::shorter);
      }
    }
    return silent;
  }

  private static ServerRpcProto shorter(ServerRpcProto one, ServerRpcProto other) {
    return one.getLastRpcElapsedTimeMs() <= other.getLastRpcElapsedTimeMs() ? one : other;
  }

  /** Closing the connection waits for what is under way on it. */
  private void renew(RaftPeerId node, String address) {
    if (NodeConfig.isListenedAt(address, REACHED_WITHIN_MILLIS)) {
      server.getServerRpc().handleException(node, new IOException("silent"), true);
    }
  }
}
