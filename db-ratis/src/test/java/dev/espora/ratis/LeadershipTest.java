package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader whose group names a node before its address was learnt, as it does between the entry
 * that adds the node and the moment that this is agreed on.
 */
class LeadershipTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void aNodeThatIsNotKnownYetHoldsNoRoundUp() throws Exception {
    NodeConfig config = new Cluster(directory, 3).config(1);
    Settings settings = new Settings(config);
    RaftPeerId self = RaftPeerId.valueOf("n1");
    RaftPeer unknown = Settings.peer("n4", "127.0.0.1:" + Cluster.freePort());
    List<RaftPeer> members = new ArrayList<>(settings.peers());
    RaftConfiguration configuration =
        stub(
            RaftConfiguration.class,
            Map.of(
                "getAllPeers", members, "getCurrentPeers", members, "getPreviousPeers", List.of()));
    RaftServer.Division division =
        stub(
            RaftServer.Division.class,
            Map.of(
                "getId",
                self,
                "getMemberId",
                RaftGroupMemberId.valueOf(self, settings.group(0)),
                "getInfo",
                stub(DivisionInfo.class, Map.of("getCurrentTerm", 1L, "isLeaderReady", true)),
                "getRaftLog",
                stub(RaftLog.class, Map.of("getLastCommittedIndex", 7L)),
                "getRaftConf",
                configuration));
    try (ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
        GroupMachine machine = machine(config, background);
        RaftClient client =
            RaftClient.newBuilder()
                .setClientId(ClientId.randomId())
                .setRaftGroup(settings.members(0))
                .setProperties(settings.properties(directory.toFile()))
                .build()) {
      RaftServer server = stub(RaftServer.class, Map.of("getId", self));
      Group group =
          new Group(0, server, division, machine, new Connections(client), new AtomicLong());
      Message question = Wire.REQUEST.message(new Request.Term());
      assertThatIOException()
          .isThrownBy(() -> group.send(unknown.getId(), question, Group.Way.AT_ONCE))
          .withMessageContaining("n4");

      Leadership leadership = new Leadership(group);
      CompletableFuture<Long> first = leadership.confirm();
      CompletableFuture<Long> second = leadership.confirm();
      members.addFirst(unknown);
      assertThat(List.of(first, second, leadership.confirm()))
          .allSatisfy(each -> assertThat(each).succeedsWithin(PATIENCE).isEqualTo(Leadership.NONE));
    }
  }

  private GroupMachine machine(NodeConfig config, ScheduledExecutorService background)
      throws Exception {
    return new GroupMachine(
        config,
        new CopyDirectory(directory.resolve("copy")),
        LogMark.open(directory.resolve("mark")),
        background,
        _ -> {},
        () -> {});
  }

  /** What answers some methods, by their names, and has no others. */
  private static <T> T stub(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              Object answer = answers.get(method.getName());
              if (answer == null) {
                throw new UnsupportedOperationException(method.toString());
              }
              return answer;
            }));
  }
}
