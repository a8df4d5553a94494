package dev.espora.ratis;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set up. */
final class Settings {
  /** The longest piece of a batch that one entry carries. */
  static final int PIECE_BYTES = 768 << 10;

  private static final SizeInBytes ENTRY = SizeInBytes.valueOf("1MB");

  /** The most that a message holds. */
  static final SizeInBytes MESSAGE = SizeInBytes.valueOf("8MB");

  private final NodeConfig config;

  Settings(NodeConfig config) {
    this.config = config;
  }

  RaftGroupId group(int number) {
    byte[] name = ("espora group " + number).getBytes(StandardCharsets.UTF_8);
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name));
  }

  List<RaftPeer> peers() {
    return config.peers().entrySet().stream()
        .map(each -> peer(each.getKey(), each.getValue()))
        .toList();
  }

  static RaftPeer peer(String name, String address) {
    return RaftPeer.newBuilder().setId(name).setAddress(address).build();
  }

  /** Where this node listens. */
  InetSocketAddress address() {
    String text = Objects.requireNonNull(config.peers().get(config.node()));
    return NodeConfig.socketAddress(text);
  }

  RaftGroup members(int number) {
    return RaftGroup.valueOf(group(number), peers());
  }

  Parameters parameters() {
    Parameters parameters = new Parameters();
    config
        .tls()
        .map(Certificates::read)
        .ifPresent(each -> GrpcConfigKeys.TLS.setConf(parameters, each.grpc()));
    return parameters;
  }

  RaftProperties properties(File storage) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
    GrpcConfigKeys.Server.setHost(properties, address().getHostString());
    GrpcConfigKeys.Server.setPort(properties, address().getPort());
    GrpcConfigKeys.setMessageSizeMax(properties, MESSAGE);
    RaftServerConfigKeys.setStorageDir(properties, List.of(storage));
    RaftServerConfigKeys.setRemovedGroupsDir(properties, new File(storage, "removed"));
    log(properties);
    threads(properties);
    elections(properties);
    snapshots(properties);
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, millis(3000));
    return properties;
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }

  /** Small segments and buffers: a node has several groups and little memory. */
  private static void log(RaftProperties properties) {
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("1280KB"));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, ENTRY);
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "1ms,20, 100ms,100000");
    // It would be an entry more for each commit. Who starts learns from the leader what is
    // committed.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("32MB"));
  }

  private static void threads(RaftProperties properties) {
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 8);
    GrpcConfigKeys.Server.setWorkerGroupSize(properties, 2);
    GrpcConfigKeys.Client.setWorkerGroupSize(properties, 2);
  }

  /**
   * Who is alone need not wait for others to speak up. A leader that heard of no majority for the
   * longest of these times steps down, and stands back for a second: not for ten, as Ratis has it,
   * since nobody else can be elected where its log is longer.
   */
  private void elections(RaftProperties properties) {
    boolean alone = config.peers().size() == 1;
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(300));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(1000));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(alone ? 5 : 200));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(alone ? 10 : 500));
    RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(3000));
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(1000));
  }

  /** Nodes that lack what was purged are told so, and fetch a copy by themselves. */
  private void snapshots(RaftProperties properties) {
    int kept = config.keptEntries();
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, Math.min(20_000, kept));
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, kept);
    RaftServerConfigKeys.Log.setPurgeGap(properties, Math.min(1024, kept));
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
  }
}
