package dev.espora.ratis;

import dev.espora.db.Forwarder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * Has the node that leads the group decide the commands of a partition: it appends with the fewest
 * messages, and those of all nodes make one batch.
 */
final class LeaderForwarder implements Forwarder {
  private final RatisNode node;
  private final Group group;
  private final String partition;

  /** What appends were refused for; groups of other nodes as well as this one's. */
  private final Map<Ticket, Answers> refused = new ConcurrentHashMap<>();

  private volatile String schema = "";

  LeaderForwarder(RatisNode node, Group group, String partition) {
    this.node = node;
    this.group = group;
    this.partition = partition;
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

  @Override
  public @Nullable Answers known(Ticket ticket) {
    Answers told = refused.get(ticket);
    return told != null ? told : group.machine().answers(partition, ticket);
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
