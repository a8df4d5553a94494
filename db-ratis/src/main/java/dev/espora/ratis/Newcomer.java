package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
      List<Reply.Status> known = askOnceTheyKnow(others);
      if (known.stream().anyMatch(each -> each.lives().containsKey(config.node()))) {
        throw refused("the others know a node " + config.node() + " with data, but it is not here");
      }
      int stated = config.groups() == 0 ? config.peers().size() : config.groups();
      int groups = known.stream().findFirst().map(Reply.Status::groups).orElse(stated);
      return NodeDirectory.create(config, groups);
    }
  }

  /**
   * What the others say who answer. One that has just started does not know yet who has joined: it
   * may be waiting for a majority that tells it how much of its log was agreed on.
   *
   * @throws DatabaseException.Busy if some do not come to know, or nobody answers one that wants to
   *     join
   */
  private List<Reply.Status> askOnceTheyKnow(NodeClient others) {
    Map<String, Long> synced = new HashMap<>(); // when each was asked first
    long deadline = System.nanoTime() + config.startWait().toNanos();
    while (true) {
      List<Reply.Status> known = ask(others);
      List<String> waiting = new ArrayList<>();
      for (Reply.Status each : known) {
        long first = synced.computeIfAbsent(each.node(), _ -> each.synced());
        if (each.applied() < Math.min(first, each.synced())) {
          waiting.add(each.node());
        }
      }
      boolean joinsNobody = known.isEmpty() && config.start() == NodeConfig.Start.JOIN;
      if (!joinsNobody && waiting.isEmpty()) {
        return known;
      }
      if (System.nanoTime() > deadline) {
        throw new DatabaseException.Busy(
            joinsNobody
                ? "none of the nodes to join answers: " + config.peers().keySet()
                : "nodes "
                    + waiting
                    + " have data, but no majority yet to say whether they know this one: start the others first");
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }

  private DatabaseException refused(String why) {
    return new DatabaseException.NotADatabase(
        why
            + ". Where its disk was lost, it must not come back under this name, since it has"
            + " promised what it does not remember: docs/replication.md says how to replace it");
  }

  private List<Reply.Status> ask(NodeClient others) {
    return config.peers().keySet().stream()
        .filter(each -> !each.equals(config.node()))
        .map(each -> others.status(RaftPeerId.valueOf(each), 0))
        .flatMap(Optional::stream)
        .toList();
  }
}
