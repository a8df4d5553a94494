package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * A node that has no data: whether it may begin, and with how many groups. Whoever answers is asked
 * before this node says a word to anybody, since one that has lost its disk has voted for what it
 * does not remember.
 */
final class Newcomer {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final NodeConfig config;

  Newcomer(NodeConfig config) {
    this.config = config;
  }

  /**
   * The directory of the node, which is made.
   *
   * @throws DatabaseException.NotADatabase if it must not begin
   * @throws DatabaseException.Busy if nobody answers one that wants to join
   */
  NodeDirectory begin() throws IOException {
    if (config.start() == NodeConfig.Start.EXISTING) {
      throw refused(
          config.data()
              + " holds no data of node "
              + config.node()
              + ". Where the cluster begins, give start=new; where the node is to be added to"
              + " others, start=join");
    }
    try (NodeClient others = new NodeClient(config)) {
      Optional<Reply.Status> known = ask(others);
      long deadline = System.nanoTime() + config.startWait().toNanos();
      while (known.isEmpty() && config.start() == NodeConfig.Start.JOIN) {
        if (System.nanoTime() > deadline) {
          throw new DatabaseException.Busy(
              "none of the nodes to join answers: " + config.peers().keySet());
        }
        LockSupport.parkNanos(this, PAUSE_NANOS);
        known = ask(others);
      }
      if (known.isPresent() && known.get().lives().containsKey(config.node())) {
        throw refused("the others know a node " + config.node() + " with data, but it is not here");
      }
      int stated = config.groups() == 0 ? config.peers().size() : config.groups();
      return NodeDirectory.create(config, known.map(Reply.Status::groups).orElse(stated));
    }
  }

  private DatabaseException refused(String why) {
    return new DatabaseException.NotADatabase(
        why
            + ". Where its disk was lost, it must not come back under this name, since it has"
            + " promised what it does not remember: docs/replication.md says how to replace it");
  }

  private Optional<Reply.Status> ask(NodeClient others) {
    return config.peers().keySet().stream()
        .filter(each -> !each.equals(config.node()))
        .map(each -> others.status(RaftPeerId.valueOf(each), 0))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
