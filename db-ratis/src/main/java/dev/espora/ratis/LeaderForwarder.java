package dev.espora.ratis;

import dev.espora.db.DatabaseException;
import dev.espora.db.Forwarder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * Has the node that leads the group decide the commands of a partition: it appends with the fewest
 * messages, and those of all nodes make one batch.
 */
final class LeaderForwarder implements Forwarder {
  private static final long POLL_NANOS = 50_000;

  private final RatisNode node;
  private final Group group;
  private final String partition;
  private final ReplicaLog log;

  /** What appends were refused for; groups of other nodes as well as this one's. */
  private final Map<Ticket, Answers> refused = new ConcurrentHashMap<>();

  private volatile String schema = "";

  LeaderForwarder(RatisNode node, Group group, String partition, ReplicaLog log) {
    this.node = node;
    this.group = group;
    this.partition = partition;
    this.log = log;
  }

  @Override
  public void offer(String schema, Decider decider) {
    this.schema = schema;
    group.machine().deciders().offer(partition, schema, decider);
  }

  @Override
  public boolean isElsewhere() {
    RaftPeerId leader = group.leader();
    return leader != null && !group.isSelf(leader);
  }

  @Override
  public Ticket ticket() {
    return node.ticket();
  }

  @Override
  public Optional<Decided> forward(Ticket ticket, List<byte[]> commands) {
    node.check();
    Request request = new Request.Forward(partition, schema, ticket, commands);
    return switch (group.ask(request, Group.Way.DECISION, node.patience())) {
      case Reply.Decided(Decided decided) -> Optional.of(decided);
      default -> Optional.empty();
    };
  }

  /**
   * The copy, and so the state that the group would be judged by, may be ahead of the catalog for
   * as long as this node has not heard that entries were committed; that is waited for.
   */
  @Override
  public @Nullable Answers known(Ticket ticket) {
    Answers told = refused.get(ticket);
    if (told != null) {
      return told;
    }
    awaitCatalog(log.end());
    return group.machine().answers(partition, ticket);
  }

  private void awaitCatalog(long end) {
    long deadline = System.nanoTime() + node.patience().toNanos();
    while (group.machine().end(partition) < end) {
      node.check();
      if (System.nanoTime() > deadline) {
        throw new DatabaseException.Busy(
            "this node has not heard what became of the newest commands of partition " + partition);
      }
      LockSupport.parkNanos(this, POLL_NANOS);
    }
  }

  /** Takes over why a batch was not let in. */
  void refused(List<Answers> answers) {
    answers.forEach(each -> refused.put(each.ticket(), each));
  }

  /** A batch was let in, so what earlier ones were refused for has been settled. */
  void letIn() {
    refused.clear();
  }

  void close() {
    group.machine().deciders().withdraw(partition);
  }
}
