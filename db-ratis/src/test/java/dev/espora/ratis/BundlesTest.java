package dev.espora.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;

/** What comes while a message is under way goes together in the next one. */
class BundlesTest {
  private static final RaftPeerId LEADER = RaftPeerId.valueOf("n1");

  private record Sent(RaftPeerId leader, Request request, CompletableFuture<Reply> reply) {}

  private final List<Sent> sent = new ArrayList<>();
  private final Bundles bundles =
      new Bundles(
          1,
          (leader, message) -> {
            Sent next =
                new Sent(
                    leader,
                    Wire.REQUEST.value(message.getContent()),
                    new CompletableFuture<Reply>());
            sent.add(next);
            return next.reply;
          });

  private CompletableFuture<Reply> ask(RaftPeerId leader, String partition) {
    return bundles.send(leader, new Request.Lookup(partition));
  }

  private static List<Request> requests(Sent sent) {
    return sent.request instanceof Request.Several(List<byte[]> requests)
        ? requests.stream().map(Wire.REQUEST::value).toList()
        : List.of(sent.request);
  }

  private static Reply replies(long... indexes) {
    List<byte[]> replies = new ArrayList<>();
    for (long index : indexes) {
      replies.add(Wire.REPLY.bytes(new Reply.Index(index)));
    }
    return new Reply.Several(replies);
  }

  @Test
  void eachIsAnsweredAsIfItHadGoneAlone() {
    CompletableFuture<Reply> first = ask(LEADER, "a");
    List<CompletableFuture<Reply>> others =
        List.of(ask(LEADER, "b"), ask(LEADER, "c"), ask(LEADER, "d"));
    assertThat(sent).hasSize(1);
    sent.getFirst().reply.complete(new Reply.Index(1));
    assertThat(first).isCompletedWithValue(new Reply.Index(1));
    assertThat(sent).hasSize(2);
    assertThat(requests(sent.getLast()))
        .containsExactly(new Request.Lookup("b"), new Request.Lookup("c"), new Request.Lookup("d"));
    sent.getLast().reply.complete(replies(2, 3, 4));
    for (int i = 0; i < 3; i++) {
      assertThat(others.get(i)).isCompletedWithValue(new Reply.Index(i + 2L));
    }
    var _ = ask(LEADER, "e");
    assertThat(sent).as("nothing is under way").hasSize(3);
  }

  @Test
  void whatFailsFailsForAllOfItAndHoldsUpNobodyElse() {
    List<CompletableFuture<Reply>> asked = List.of(ask(LEADER, "a"), ask(LEADER, "b"));
    sent.getFirst().reply.completeExceptionally(new IOException("away"));
    assertThat(asked.getFirst()).isCompletedExceptionally();
    assertThat(asked.getLast()).isNotDone();
    CompletableFuture<Reply> third = ask(LEADER, "c");
    sent.getLast().reply.complete(new Reply.NotLeading());
    assertThat(asked.getLast()).isCompletedWithValue(new Reply.NotLeading());
    sent.getLast().reply.complete(new Reply.NotLeading());
    assertThat(third).isCompletedWithValue(new Reply.NotLeading());
  }

  @Test
  void anEarlierLeaderThatDoesNotAnswerHoldsNobodyUp() {
    CompletableFuture<Reply> first = ask(LEADER, "a");
    RaftPeerId next = RaftPeerId.valueOf("n2");
    CompletableFuture<Reply> second = ask(next, "b");
    assertThat(sent).extracting(Sent::leader).containsExactly(LEADER, next);
    sent.getLast().reply.complete(new Reply.Index(7));
    assertThat(second).isCompletedWithValue(new Reply.Index(7));
    assertThat(first).isNotDone();
  }

  @Test
  void aMessageIsNotLongerThanAnEntryMayBe() {
    byte[] bytes = new byte[Settings.PIECE_BYTES / 2];
    for (int i = 0; i < 4; i++) {
      var _ = bundles.send(LEADER, new Request.Part("p", "n1", new UUID(0, i), i, bytes));
    }
    for (int answered = 1; answered <= 4; answered++) {
      assertThat(sent).hasSize(answered);
      assertThat(requests(sent.getLast())).hasSize(1);
      sent.getLast().reply.complete(new Reply.Done());
    }
  }
}
