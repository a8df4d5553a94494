package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.espora.db.Forwarder;
import dev.espora.db.Journal;
import dev.espora.db.PartitionKind;
import dev.espora.db.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node knows of groups of commands that were decided elsewhere. */
class LeaderForwarderTest {
  private static final String NAME = "any";

  @TempDir Path directory;

  @Test
  void whatTheCopyHoldsIsKnownBeforeAnythingIsJudgedByIt() {
    try (RatisNode node = RatisNode.start(new Cluster(directory, 1).config(1))) {
      Journal journal = node.open(NAME, PartitionKind.LOG, Codec.of(String.class));
      Forwarder forwarder = Objects.requireNonNull(journal.forwarder());
      Forwarder.Ticket ticket = new Forwarder.Ticket("elsewhere", 1, 1);
      assertThat(forwarder.known(ticket)).isNull();

      // A batch that the leader has told of, though this node has not heard of its entry.
      byte[] records = record("x");
      ReplicaLog copy = Objects.requireNonNull(node.group(NAME).machine().replica().log(NAME));
      long position = copy.end();
      assertThat(copy.put(position, records)).isTrue();
      CompletableFuture<Forwarder.Answers> known =
          CompletableFuture.supplyAsync(() -> forwarder.known(ticket), Thread::startVirtualThread);
      assertThat(journal.known()).isGreaterThan(position);
      assertThat(known).isNotDone();

      Forwarder.Answers answers = new Forwarder.Answers(ticket, List.of());
      Request append =
          new Request.Append(
              NAME, position, "elsewhere", UUID.randomUUID(), 0, records, List.of(answers));
      assertThat(node.group(NAME).ask(append, Group.Way.ENTRY, node.patience()))
          .isEqualTo(new Reply.Done());
      assertThat(known).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(answers);
      journal.close();
    }
  }

  private static byte[] record(String value) {
    byte[] payload = {0, (byte) value.length(), (byte) value.charAt(0)};
    ByteBuffer record = ByteBuffer.allocate(payload.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    return record.putInt(2 << 28 | payload.length).put(payload).array();
  }
}
