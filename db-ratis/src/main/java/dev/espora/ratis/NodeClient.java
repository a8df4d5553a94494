package dev.espora.ratis;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.TimeDuration;

/** Asks nodes without being one. */
final class NodeClient implements AutoCloseable {
  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A change is answered when new nodes have caught up. */
  private static final TimeDuration CHANGE = TimeDuration.valueOf(60, TimeUnit.SECONDS);

  private final Settings settings;
  private final RaftClient client;
  private final AtomicLong calls = new AtomicLong();

  NodeClient(NodeConfig config) {
    RatisLog.nodeStarts();
    this.settings = new Settings(config);
    this.client = client(RaftGroup.valueOf(settings.group(0), settings.peers()), properties());
  }

  /**
   * With the threads that gRPC shares and lets go of in the background; they keep no program alive.
   * Where Ratis makes some for a client, closing it waits two seconds for stragglers.
   */
  private RaftProperties properties() {
    RaftProperties properties = settings.properties(new File("unused"));
    GrpcConfigKeys.Client.setWorkerGroupSize(properties, 0);
    return properties;
  }

  private RaftClient client(RaftGroup group, RaftProperties properties) {
    return RaftClient.newBuilder()
        .setClientId(ClientId.randomId())
        .setRaftGroup(group)
        .setProperties(properties)
        .setParameters(settings.parameters())
        .setRetryPolicy(
            RetryPolicies.retryUpToMaximumCountWithFixedSleep(
                25, TimeDuration.valueOf(200, TimeUnit.MILLISECONDS)))
        .build();
  }

  /** Makes addresses known. */
  void learn(Collection<RaftPeer> nodes) {
    client.getClientRpc().addRaftPeers(nodes);
  }

  /** How a node is doing in a group; empty if it does not say. */
  Optional<Reply.Status> status(RaftPeerId node, int group) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(client.getId())
            .setServerId(node)
            .setGroupId(settings.group(group))
            .setCallId(calls.incrementAndGet())
            .setMessage(Wire.REQUEST.message(new Request.Status()))
            .setType(RaftClientRequest.staleReadRequestType(RaftLog.INVALID_LOG_INDEX))
            .build();
    CompletableFuture<RaftClientReply> answer =
        client.getClientRpc().sendRequestAsyncUnordered(request);
    Group.await(answer, ANSWER_NANOS);
    RaftClientReply reply =
        answer.isDone() && !answer.isCompletedExceptionally() ? answer.join() : null;
    if (reply == null) {
      boolean _ = client.getClientRpc().handleException(node, new IOException("no answer"), true);
      return Optional.empty();
    }
    Message message = reply.getMessage();
    return reply.isSuccess()
            && Wire.REPLY.value(message.getContent()) instanceof Reply.Status status
        ? Optional.of(status)
        : Optional.empty();
  }

  /**
   * Makes other nodes the members of a group, provided that it has the members it is thought to
   * have, and waits until they are; new ones have all of the data then.
   *
   * @throws IOException if they did not become so
   */
  void change(int group, List<RaftPeer> from, List<RaftPeer> to) throws IOException {
    RaftGroupId id = settings.group(group);
    RaftProperties patient = properties();
    RaftClientConfigKeys.Rpc.setRequestTimeout(patient, CHANGE);
    try (RaftClient members = client(RaftGroup.valueOf(id, from), patient)) {
      RaftClientReply reply =
          members
              .admin()
              .setConfiguration(
                  SetConfigurationRequest.Arguments.newBuilder()
                      .setServersInCurrentConf(from)
                      .setServersInNewConf(to)
                      .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                      .build());
      if (!reply.isSuccess()) {
        throw reply.getException();
      }
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
