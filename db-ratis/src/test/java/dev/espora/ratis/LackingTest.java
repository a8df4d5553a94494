package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that has partitions open is told where the leader's log begins, and ends only if it cannot
 * go on from there.
 */
class LackingTest {
  @TempDir Path directory;

  @Test
  void aNodeThatLacksNothingGoesOn() {
    try (RatisNode node = RatisNode.start(new Cluster(directory, 1).config(1))) {
      GroupMachine machine = node.group("any").machine();
      String schema = Codec.of(String.class).schema().toString();
      GroupMachine.Opening opening = machine.open("any", PartitionKind.LOG, schema);
      long next = node.group("any").division().getRaftLog().getNextIndex();
      assertThat(machine.notifyInstallSnapshotFromLeader(role(), TermIndex.valueOf(1, 0)))
          .isCompletedWithValue(null);
      assertThat(machine.notifyInstallSnapshotFromLeader(role(), TermIndex.valueOf(1, next)))
          .isCompletedWithValue(null);
      assertThat(node.isPoisoned()).isFalse();
      assertThat(machine.notifyInstallSnapshotFromLeader(role(), TermIndex.valueOf(1, next + 1)))
          .isCompletedWithValue(null);
      assertThat(node.isPoisoned()).isTrue();
      opening.copy().close();
    }
  }

  private static RoleInfoProto role() {
    return RoleInfoProto.getDefaultInstance();
  }
}
